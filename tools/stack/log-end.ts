import { readIfThere } from './files';

const OF_THE_CLI = /process exited with error code|Exited (App|Dapr) successfully|Updating metadata/;
const LOGFMT_MESSAGE = /\bmsg="((?:[^"\\]|\\.)*)"/;
const CLI_PREFIX = /^== APP - \S+ == /;
const MAX_LENGTH = 400;

/** The last thing that a process said in its log, for a sentence. */
export const logEnd = (file: string): string => lastWords(readIfThere(file) ?? '');

/** The message of the last line, whether plain, logfmt (Dapr) or JSON (our services); what the CLI adds is skipped. */
export function lastWords(log: string): string {
  const lines = log.split('\n').filter((line) => line.trim() !== '' && !OF_THE_CLI.test(line));
  const line = lines.at(-1);
  return line === undefined ? '(nothing)' : messageOf(line.replace(CLI_PREFIX, '')).slice(0, MAX_LENGTH);
}

function messageOf(line: string): string {
  const quoted = LOGFMT_MESSAGE.exec(line)?.[1];
  if (quoted !== undefined) return quoted.replaceAll('\\"', '"');
  try {
    return String((JSON.parse(line) as { msg: unknown }).msg);
  } catch {
    return line.trim();
  }
}
