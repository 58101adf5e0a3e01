import { ConfigError } from '../../services/shared/config';
import { ProvisionError } from '../provision/index';
import { StackError } from './errors';

/** Runs a command of `tools/`: what a person can act on is one sentence and exit code 1, the rest has its stack. */
export function runCommand(main: () => Promise<number | void>): void {
  main().then(
    (code) => {
      process.exitCode = code ?? 0;
    },
    (error: unknown) => {
      const told = [ConfigError, ProvisionError, StackError].some((kind) => error instanceof kind);
      console.error(told ? (error as Error).message : error);
      process.exitCode = 1;
    },
  );
}
