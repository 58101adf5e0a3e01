import type { Request, RequestHandler } from 'express';
import { decimalFromMinor } from '../../shared/money';
import { EventStream } from '../events/event-stream';
import { leaveGate } from '../guards';
import type { PortalPorts } from '../http';
import type { ChangesView } from '../ports';
import { sessionOf } from '../session';
import type { Sessions } from '../sessions';
import { publicOrder } from './orders';

/** Well below what a connection may be silent (services/shared/http-server.ts). */
export const HEARTBEAT_MS = 15_000;
/** The longest that a timer takes. A session lives longer than that only where its deployment says so. */
const MAX_TIMER_MS = 2_147_483_647;

/**
 * GET /api/user/events: an event `changes` whenever an order or the balance looks different, as long as the
 * session lasts. Its id is the version that the client has seen then: Last-Event-ID goes on from there.
 */
export function events(
  { feeds, heartbeatMs, now }: Pick<PortalPorts, 'feeds' | 'heartbeatMs' | 'now'>,
  sessions: Sessions,
): RequestHandler {
  return (request, response) => {
    const session = sessionOf(response);
    const stream = new EventStream(response);
    const leave = feeds.subscribe(session.accountId, {
      seen: lastSeen(request),
      tell: (changes) => stream.send('changes', changes.version, publicChanges(changes)),
      end: () => stream.end(),
    });
    leaveGate(response);
    const beat = setInterval(() => {
      stream.heartbeat();
      // where the login cannot be read at the moment, the stream goes on
      const open = sessions.isOpen(session).catch(() => true);
      void open.then((isOpen) => isOpen || stream.end());
    }, heartbeatMs);
    const leftMs = Math.min(session.expiresAtMs - now(), MAX_TIMER_MS);
    const expiry = setTimeout(() => stream.end(), leftMs);
    response.once('close', () => {
      clearInterval(beat);
      clearTimeout(expiry);
      leave();
    });
    stream.open();
    if (request.method === 'HEAD') stream.end();
  };
}

/** What the client has seen before its connection broke; 0 for what is no version of ours. */
function lastSeen(request: Request): number {
  const given = request.get('Last-Event-ID') ?? '';
  return /^[0-9]{1,15}$/.test(given) ? Number(given) : 0;
}

function publicChanges({ reset, orders, currentMinor, withdrawnMinor }: ChangesView): object {
  return {
    reset,
    orders: orders.map(publicOrder),
    balance: { current: decimalFromMinor(currentMinor), withdrawn: decimalFromMinor(withdrawnMinor) },
  };
}
