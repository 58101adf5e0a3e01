import { randomInt } from 'node:crypto';
import express, { type Express } from 'express';
import { z } from 'zod';
import { inventNumber } from './domain/purchases';

const CHANCE_STEPS = 2 ** 32;
const secureChance = (): number => randomInt(CHANCE_STEPS) / CHANCE_STEPS;

const orderQuery = z.object({ kind: z.enum(['rewarded', 'invalid']).default('rewarded') });

/**
 * GET /api/order: a fresh order number as text; `?kind=invalid` one that the calculator will call INVALID.
 * GET /healthz: 200 for as long as the process serves.
 */
export function createApp(chance: () => number = secureChance): Express {
  const app = express().disable('x-powered-by').disable('etag');
  app.get('/api/order', (request, response) => {
    const query = orderQuery.safeParse(request.query);
    response.type('text/plain').set('Cache-Control', 'no-store');
    if (!query.success) return void response.status(400).send('kind is rewarded or invalid');
    response.send(inventNumber(query.data.kind, chance));
  });
  app.get('/healthz', (_request, response) => void response.json({ status: 'ok' }));
  return app;
}
