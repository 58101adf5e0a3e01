import type { RequestHandler } from 'express';

export type RequestKind = 'goods' | 'register' | 'poll';

/** How many requests of each kind were answered with which status. */
export class RequestCounters {
  private readonly answered: Record<RequestKind, Record<string, number>> = {
    goods: {},
    register: {},
    poll: {},
  };

  count(kind: RequestKind): RequestHandler {
    return (_request, response, next) => {
      response.once('finish', () => {
        const byStatus = this.answered[kind];
        byStatus[response.statusCode] = (byStatus[response.statusCode] ?? 0) + 1;
      });
      next();
    };
  }

  snapshot(): Record<RequestKind, Record<string, number>> {
    return structuredClone(this.answered);
  }
}
