import { z } from 'zod';
import {
  commonConfig,
  ConfigError,
  milliseconds,
  parseEnvironment,
  port,
} from '../../../services/shared/config';

const shape = { NAME: z.string().min(1), PORT: port, WAIT_MS: milliseconds.default(5) };
const good = { NAME: 'x', PORT: '8080' };

test('what fits is read, with its defaults', () => {
  expect(parseEnvironment(shape, { ...good, PATH: '/bin' })).toEqual({ NAME: 'x', PORT: 8080, WAIT_MS: 5 });
});

test('an empty variable is one that is not set', () => {
  expect(parseEnvironment(shape, { ...good, WAIT_MS: '' }).WAIT_MS).toBe(5);
});

test.each([
  ['missing', { PORT: '8080' }, /NAME is missing/],
  ['empty', { ...good, NAME: '' }, /NAME is missing/],
  ['no number', { ...good, PORT: 'http' }, /PORT is wrong \(/],
  ['port 0', { ...good, PORT: '0' }, /PORT is wrong/],
  ['beyond the last port', { ...good, PORT: '65536' }, /PORT is wrong/],
  ['a negative time', { ...good, WAIT_MS: '-1' }, /WAIT_MS is wrong/],
])('%s: one sentence that names it', (_name, environment, sentence) => {
  expect(() => parseEnvironment(shape, environment)).toThrow(ConfigError);
  expect(() => parseEnvironment(shape, environment)).toThrow(sentence);
});

test('everything that is wrong is named at once', () => {
  expect(() => parseEnvironment(commonConfig, { APP_PORT: '1', OPS_PORT: 'x' })).toThrow(
    /^The configuration does not do: OPS_PORT is wrong \(.+\); DAPR_GRPC_PORT is missing\.$/,
  );
});
