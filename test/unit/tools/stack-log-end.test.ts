import { lastWords } from '../../../tools/stack/log-end';

describe('the last words of a log', () => {
  it.each([
    ['nothing at all', '', '(nothing)'],
    ['a plain line', 'first\nlast\n\n', 'last'],
    ['a line of Dapr', 'time="x" level=fatal msg="no \\"pubsub\\"" app_id=a', 'no "pubsub"'],
    ['a line of a service', '{"level":"error","msg":"no keys"}', 'no keys'],
    ['a line behind the prefix of the CLI', '== APP - billing-x7f2 == {"msg":"no keys"}', 'no keys'],
    [
      'what the CLI adds',
      'LOG_LEVEL is wrong.\nThe App process exited with error code: exit status 1',
      'LOG_LEVEL is wrong.',
    ],
  ])('%s', (_case, log, words) => expect(lastWords(log)).toBe(words));
});
