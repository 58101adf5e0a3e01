import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** @returns undefined when the file is not there */
export function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** A reader sees the old or the new contents, never half of them. */
export function writeWhole(file: string, text: string, mode = 0o644): void {
  mkdirSync(dirname(file), { recursive: true });
  const temporary = `${file}.${process.pid}.tmp`;
  writeFileSync(temporary, text, { mode });
  renameSync(temporary, file);
}

/** The file's trimmed text; made by `create` when it is not there. */
export function readOrCreate(file: string, create: () => string, mode?: number): string {
  const found = readIfThere(file);
  if (found !== undefined) return found.trim();
  const text = create();
  writeWhole(file, `${text}\n`, mode);
  return text;
}
