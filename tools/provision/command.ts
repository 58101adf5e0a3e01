import { spawn, spawnSync } from 'node:child_process';
import { createWriteStream, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { finished } from 'node:stream/promises';
import { ProvisionError } from './errors';

const LAST_LINES = 15;
/** Maven prints colours to a pipe too. */
const COLOUR = /\x1b\[[\d;]*m/g;
const ASK_TIMEOUT_MS = 60_000;

export interface Command {
  /** For the person who reads the error: `building daprd`. */
  purpose: string;
  program: string;
  args: string[];
  cwd: string;
  env: NodeJS.ProcessEnv;
  /** The file that takes the whole output; appended to. */
  log: string;
  onLine?: (line: string) => void;
}

/** Runs a command to its end. Its output goes to the log; a failure quotes the last lines of it and names the log. */
export async function run(command: Command): Promise<void> {
  const log = createWriteStream(command.log, { flags: 'a' });
  log.write(`$ ${[command.program, ...command.args].join(' ')}\n`);
  const last: string[] = [];
  const reason = await new Promise<string | undefined>((resolve) => {
    const child = spawn(command.program, command.args, {
      cwd: command.cwd,
      env: command.env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on('line', (coloured) => {
        const line = coloured.replace(COLOUR, '');
        log.write(`${line}\n`);
        if (line.trim() !== '' && last.push(line) > LAST_LINES) last.shift();
        command.onLine?.(line);
      });
    }
    child.once('error', (error) => resolve(error.message));
    child.once('close', (code, signal) =>
      resolve(code === 0 ? undefined : signal ? `ended by ${signal}` : `exit code ${code}`),
    );
  });
  log.end();
  await finished(log);
  if (reason === undefined) return;
  throw new ProvisionError(
    [
      `${command.purpose} failed: ${reason}. The end of its output:`,
      ...last.map((line) => `    ${line}`),
      `The whole output: ${command.log}`,
    ].join('\n'),
  );
}

/** What a program answers, stdout and stderr together; undefined when it cannot be run or has failed (see `accept`). */
export function ask(
  program: string,
  args: string[],
  options: { cwd?: string; accept?: (exitCode: number | null) => boolean } = {},
): string | undefined {
  const answer = spawnSync(program, args, {
    encoding: 'utf8',
    timeout: ASK_TIMEOUT_MS,
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
  });
  const accept = options.accept ?? ((exitCode) => exitCode === 0);
  if (answer.error || !accept(answer.status)) return undefined;
  return `${answer.stdout}\n${answer.stderr}`;
}

/** The text of a file, undefined when it is not there. */
export function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
