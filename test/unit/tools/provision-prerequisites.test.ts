import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  cCompiler,
  check,
  go,
  java,
  javac,
  maven,
  missingLine,
  missingMessage,
} from '../../../tools/provision/prerequisites';

describe('check', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'bin-'))));
  afterEach(() => rmSync(folder, { recursive: true }));

  /** A program that prints `answer`, in a folder of its own. */
  function program(place: string, name: string, answer: string, exitCode = 0): string {
    mkdirSync(join(folder, place), { recursive: true });
    const file = join(folder, place, name);
    writeFileSync(file, `#!/bin/sh\n/bin/cat >&2 <<'END'\n${answer}\nEND\nexit ${exitCode}\n`);
    chmodSync(file, 0o755);
    return file;
  }
  const env = (...places: string[]) => ({ PATH: places.map((place) => join(folder, place)).join(':') });

  it.each([
    [go, 'go', 'go version go1.26.8 linux/amd64', '1.26.8'],
    [java, 'java', 'openjdk version "17.0.15" 2025-04-15', '17.0.15'],
    [javac, 'javac', 'javac 21', '21'],
    [maven, 'mvn', '\u001b[1mApache Maven 3.8.7\u001b[m', '3.8.7'],
    [cCompiler, 'clang', 'Apple clang version 15.0.0 (clang-1500.3.9.4)', '15.0.0'],
  ])('finds $name', (prerequisite, name, answer, version) => {
    const path = program('a', name, answer);
    expect(check(prerequisite, env('a'), folder)).toEqual({ path, version });
  });

  it('goes on along the PATH when the first is too old', () => {
    program('old', 'go', 'go version go1.24.1 linux/amd64');
    const path = program('new', 'go', 'go version go1.27rc1 linux/amd64');
    expect(check(go, env('old', 'new'), folder)).toEqual({ path, version: '1.27rc1' });
  });

  it('prefers JAVA_HOME', () => {
    program('path', 'java', 'openjdk version "17.0.1"');
    const path = program('home/bin', 'java', 'openjdk version "21.0.2"');
    const both = { ...env('path'), JAVA_HOME: join(folder, 'home') };
    expect(check(java, both, folder)).toEqual({ path, version: '21.0.2' });
  });

  it('tells what a go too old for the module says of itself', () => {
    const path = program(
      'a',
      'go',
      'go: go.mod requires go >= 1.26.5 (running go 1.24.1; GOTOOLCHAIN=local)',
      1,
    );
    expect(check(go, env('a'), folder)).toEqual({ prerequisite: go, found: { path, version: '1.24.1' } });
  });

  it('does not take the stub of a system without Java for Java', () => {
    program('a', 'java', 'The operation couldn’t be completed. Unable to locate a Java Runtime.', 1);
    expect(check(java, env('a'), folder)).toEqual({ prerequisite: java });
  });
});

describe('missingLine', () => {
  it.each([
    [
      'none there',
      { prerequisite: maven },
      /^ {2}mvn 3\.8 or newer \(found none\), to download Kafka: .*brew install maven/,
    ],
    [
      'too old',
      { prerequisite: go, found: { path: '/opt/go/bin/go', version: '1.24.1' } },
      /^ {2}go 1\.26\.5 or newer \(found 1\.24\.1: \/opt\/go\/bin\/go\), to build .*https:\/\/go\.dev\/dl/,
    ],
    [
      'of any version',
      { prerequisite: cCompiler },
      /^ {2}gcc or clang \(found none\), to build the Dapr CLI: /,
    ],
  ])('%s', (_name, missing, expected) => {
    expect(missingLine(missing)).toMatch(expected);
  });

  it('is one for each program, all together', () => {
    const lines = missingMessage([{ prerequisite: go }, { prerequisite: maven }, { prerequisite: go }]).split(
      '\n',
    );
    expect(lines).toHaveLength(3);
  });
});
