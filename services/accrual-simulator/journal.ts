import { createReadStream, existsSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';
import { fact, type Fact } from './domain/calculator';

/** What a calculator remembers beyond its process: one JSON document a line, only ever appended to. */
export interface Journal {
  /** Returns when the fact is with the operating system: a killed process does not lose it. */
  append: (news: Fact) => void;
  /** @returns how many lines could not be read: a process killed in the middle of one leaves it torn */
  replayInto: (replay: (past: Fact) => void) => Promise<number>;
}

/** @param file without one nothing is kept */
export function openJournal(file: string | undefined): Journal {
  if (file === undefined) return { append: () => undefined, replayInto: () => Promise.resolve(0) };
  let descriptor: number | undefined;
  return {
    append(news) {
      descriptor ??= openForAppend(file);
      writeSync(descriptor, `${JSON.stringify(news)}\n`);
    },
    replayInto: (replay) => replayFile(file, replay),
  };
}

function openForAppend(file: string): number {
  mkdirSync(dirname(file), { recursive: true });
  const descriptor = openSync(file, 'a');
  // closes a line that an earlier process left torn
  writeSync(descriptor, '\n');
  return descriptor;
}

async function replayFile(file: string, replay: (past: Fact) => void): Promise<number> {
  if (!existsSync(file)) return 0;
  let torn = 0;
  for await (const line of createInterface({ input: createReadStream(file), crlfDelay: Infinity })) {
    if (line === '') continue;
    const past = parseFact(line);
    if (past) replay(past);
    else torn++;
  }
  return torn;
}

function parseFact(line: string): Fact | undefined {
  try {
    return fact.parse(JSON.parse(line));
  } catch {
    return undefined;
  }
}
