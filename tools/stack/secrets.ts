import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { readOrCreate } from './files';

const SECRET_BYTES = 32;
const KEY_ID_BYTES = 6;

/** The keys that sign the customers' tokens; made once, readable by their owner only. The first key signs. */
export function ensureTokenKeys(file: string): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const key = () => ({
    kid: randomBytes(KEY_ID_BYTES).toString('hex'),
    secret: randomBytes(SECRET_BYTES).toString('base64url'),
  });
  readOrCreate(file, () => JSON.stringify({ keys: [key()] }, null, 2), 0o600);
}
