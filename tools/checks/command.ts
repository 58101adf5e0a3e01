import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { delimiter, join } from 'node:path';

export interface Command {
  program: string;
  args: string[];
  cwd?: string;
  /** Shown as it comes, or kept for the reader of a failure. */
  output: 'shown' | 'kept';
}

/** Runs a program of node_modules/.bin or of the PATH to its end; signals to us are passed on to it. */
export function runProgram(root: string, command: Command): Promise<{ code: number; text: string }> {
  const path = [join(root, 'node_modules', '.bin'), process.env.PATH].join(delimiter);
  const child = spawn(command.program, command.args, {
    cwd: command.cwd ?? root,
    env: { ...process.env, PATH: path },
    stdio: command.output === 'shown' ? 'inherit' : ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  child.stdout?.on('data', (chunk: Buffer) => (text += chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => (text += chunk.toString()));
  const passOn = (signal: NodeJS.Signals): void => void child.kill(signal);
  process.on('SIGTERM', passOn);
  // the terminal has sent it to the child as well; we wait for its end
  const wait = (): void => undefined;
  process.on('SIGINT', wait);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => {
      process.off('SIGTERM', passOn);
      process.off('SIGINT', wait);
      resolve({ code: code ?? 128 + (signal ? constants.signals[signal] : 0), text });
    });
  });
}
