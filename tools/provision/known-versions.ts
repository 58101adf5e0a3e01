import { closeSync, mkdirSync, openSync, readSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { ask, readIfThere } from './command';

interface Known {
  sizeBytes: number;
  modifiedMs: number;
  version: string;
}

/** Versions of installed programs, kept by file so that a big one is asked once and not at every start. */
export class KnownVersions {
  private readonly known: Record<string, Known>;

  constructor(private readonly file: string) {
    this.known = parse(readIfThere(file));
  }

  /** @return undefined when the program does not answer as `pattern` says. */
  of(program: string, args: string[], pattern: RegExp): string | undefined {
    const { size: sizeBytes, mtimeMs: modifiedMs } = statSync(program);
    const before = this.known[program];
    if (before?.sizeBytes === sizeBytes && before.modifiedMs === modifiedMs) return before.version;
    const version = pattern.exec(ask(program, args) ?? '')?.[1];
    // A script may stand for any program (a version manager's shim): it is asked every time.
    if (version !== undefined && !isScript(program))
      this.remember(program, { sizeBytes, modifiedMs, version });
    return version;
  }

  private remember(program: string, known: Known): void {
    this.known[program] = known;
    mkdirSync(dirname(this.file), { recursive: true });
    const written = `${this.file}.${process.pid}`;
    writeFileSync(written, JSON.stringify(this.known, null, 2));
    renameSync(written, this.file);
  }
}

function parse(text: string | undefined): Record<string, Known> {
  try {
    return text === undefined ? {} : (JSON.parse(text) as Record<string, Known>);
  } catch {
    return {};
  }
}

function isScript(program: string): boolean {
  const start = Buffer.alloc(2);
  const file = openSync(program, 'r');
  readSync(file, start, 0, 2, 0);
  closeSync(file);
  return start.toString() === '#!';
}
