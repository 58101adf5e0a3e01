import type { CookieOptions, Request, Response } from 'express';
import { decodeMarks, encodeMarks } from './consistency-token';
import { mergedMarks, type MarkMemory } from './marks';
import type { Mark } from './ports';
import { cookieOf, sessionOf, singleHeader } from './session';

const TOKEN_HEADER = 'Consistency-Token';
const MARKS_COOKIE = 'gophermart_consistency';
/** Much longer than the view ever lags while it works. */
const COOKIE_MAX_AGE_MS = 600_000;

/** What the reads of a customer must show: remembered here, and carried by the client. */
export class Consistency {
  constructor(
    private readonly memory: MarkMemory,
    private readonly cookies: CookieOptions,
  ) {}

  /** Notes a write, and hands its marks to the client. */
  wrote(response: Response, mark: Mark): void {
    const { accountId, via } = sessionOf(response);
    const token = encodeMarks(accountId, this.memory.remember(accountId, mark));
    response.set(TOKEN_HEADER, token);
    if (via === 'cookie') {
      response.cookie(MARKS_COOKIE, token, { ...this.cookies, maxAge: COOKIE_MAX_AGE_MS });
    }
  }

  /** The marks that a read has to wait for. */
  marks(request: Request, response: Response): readonly Mark[] {
    const { accountId, via } = sessionOf(response);
    const text =
      singleHeader(request, TOKEN_HEADER) ??
      (via === 'cookie' ? cookieOf(request.headers.cookie, MARKS_COOKIE) : undefined);
    return mergedMarks(decodeMarks(accountId, text), this.memory.of(accountId));
  }

  /** Tells the client when the answer may miss its last writes. */
  read(response: Response, lagging: boolean): void {
    if (lagging) response.set('Consistency', 'lagging');
  }
}
