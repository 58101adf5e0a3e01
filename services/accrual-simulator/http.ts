import { setTimeout as sleep } from 'node:timers/promises';
import express, { type ErrorRequestHandler, type Express, type RequestHandler } from 'express';
import { decimalFromMinor } from '../shared/money';
import { behaviour, limitText, RateLimit, type Behaviour } from './domain/behaviour';
import { orderRequest, type Answer, type Calculator } from './domain/calculator';
import { rewardRule } from './domain/rewards';
import { RequestCounters } from './counters';

const MAX_BODY = '1mb';

const statusOf = { added: 200, accepted: 202, known: 409, full: 500 } as const;

/**
 * The calculator's API (Practicum spec, the accrual system) and, under /control, the strings that tests and
 * demonstrations pull: POST changes any part of the behaviour, GET shows it with counters of the requests.
 * @param now epoch milliseconds
 */
export function createApp(calculator: Calculator, initial: Behaviour, now: () => number): Express {
  let current = initial;
  const counters = new RequestCounters();
  const limit = new RateLimit();

  const disturb: RequestHandler = async (_request, response, next) => {
    if (current.latency_ms > 0) await sleep(current.latency_ms);
    const { count, status, retry_after_seconds } = current.fail_next;
    if (count === 0) return next();
    current = { ...current, fail_next: { ...current.fail_next, count: count - 1 } };
    if (retry_after_seconds !== undefined) response.set('Retry-After', String(retry_after_seconds));
    response.status(status).type('text/plain');
    response.send(status === 429 ? limitText(current.rate_limit_per_minute) : 'Failing as told');
  };

  const limited: RequestHandler = (_request, response, next) => {
    const refusal = limit.take(current, now());
    if (!refusal) return next();
    response.status(429).type('text/plain').set('Retry-After', String(refusal.retryAfterSeconds));
    response.send(refusal.text);
  };

  const addRule: RequestHandler = (request, response) => {
    const rule = rewardRule.safeParse(request.body);
    response.status(rule.success ? statusOf[calculator.addRule(rule.data)] : 400).end();
  };

  const register: RequestHandler = (request, response) => {
    const order = orderRequest.safeParse(request.body);
    response.status(order.success ? statusOf[calculator.register(order.data, now())] : 400).end();
  };

  const ask: RequestHandler<{ number: string }> = (request, response) => {
    const { number } = request.params;
    const known = !current.unknown.includes(number);
    const answer = known ? calculator.ask(number, now(), current.processing_ms) : undefined;
    if (!answer) return void response.status(204).end();
    response.json(answerBody(number, answer));
  };

  const control = (): object => ({ ...current, ...calculator.counts, requests: counters.snapshot() });

  const app = express().disable('x-powered-by').disable('etag');
  app.use(express.json({ limit: MAX_BODY }));
  app.post('/api/goods', counters.count('goods'), addRule);
  app.post('/api/orders', counters.count('register'), disturb, register);
  app.get('/api/orders/:number', counters.count('poll'), disturb, limited, ask);
  app.get('/healthz', (_request, response) => void response.json({ status: 'ok' }));
  app.get('/control', (_request, response) => void response.json(control()));
  app.post('/control', (request, response) => {
    const change = behaviour.partial().safeParse(request.body);
    if (!change.success) return void response.status(400).json({ issues: change.error.issues });
    current = behaviour.parse({ ...current, ...change.data });
    response.json(control());
  });
  app.use(failure);
  return app;
}

/** `accrual` is left out where there is none, as published. */
function answerBody(order: string, answer: Answer): object {
  if (answer.status !== 'PROCESSED') return { order, status: answer.status };
  const { status, accrualMinor } = answer;
  return accrualMinor === 0 ? { order, status } : { order, status, accrual: decimalFromMinor(accrualMinor) };
}

/** What the body parser refuses is the client's fault; anything else is ours. */
const failure: ErrorRequestHandler = (error: { status?: number }, _request, response, _next) => {
  response.status(error.status === undefined ? 500 : 400).end();
};
