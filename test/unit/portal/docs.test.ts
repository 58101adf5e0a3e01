import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { portalConfig } from '../../../services/portal/config';
import { problemTable } from '../../../services/portal/problems';

const root = join(__dirname, '..', '..', '..');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
/** The cells of all tables of a page. */
const rowsOf = (page: string): string[][] =>
  page
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .map((line) => line.slice(1, -1).split('|'))
    .map((cells) => cells.map((cell) => cell.trim()));

it('docs/api.md tells every refusal as it is', () => {
  const told = rowsOf(read('docs/api.md')).filter(([slug]) => /^`[a-z_]+`$/.test(slug ?? ''));
  const known = Object.entries(problemTable).map(([slug, [status, title]]) => [
    `\`${slug}\``,
    String(status),
    title,
  ]);
  expect(told.sort()).toEqual(known.sort());
});

describe('docs/security.md', () => {
  const page = read('docs/security.md');
  const claims = rowsOf(page).filter(([, test]) => test?.includes('.test.ts'));

  it('has a section for each of the ten risks, and a test for each claim', () => {
    for (let risk = 1; risk <= 10; risk++) {
      const [, section = ''] = page.split(new RegExp(`^## API${risk} .*$`, 'm'));
      expect(section.split(/^## /m)[0]).toContain('.test.ts');
    }
    const unproved = rowsOf(page).filter((row) => row.length === 2 && !/^(test|-+)$/.test(row[1] ?? ''));
    expect(unproved.filter(([, test]) => !test?.includes('.test.ts'))).toEqual([]);
  });

  it.each(claims.map(([claim = '', test = '']) => [claim, test]))('%s', (_claim, test) => {
    const named = [...test.matchAll(/\]\(([^)]+)\) “([^”]+)”/g)];
    expect(named.length).toBeGreaterThan(0);
    for (const [, path = '', title = ''] of named) {
      expect(read(join(dirname('docs/security.md'), path))).toContain(title);
    }
  });

  it('names variables that there are, and their defaults', () => {
    const told = rowsOf(page).filter(([name]) => /^`[A-Z_]+`$/.test(name ?? ''));
    expect(told.length).toBeGreaterThan(5);
    for (const [name = '', given = ''] of told) {
      const schema = portalConfig[name.slice(1, -1) as keyof typeof portalConfig];
      const byDefault = schema.safeParse(undefined).data;
      if (byDefault !== undefined) expect(`${name} ${given}`).toBe(`${name} ${written(byDefault)}`);
    }
  });
});

const written = (value: unknown): string =>
  typeof value === 'number' ? String(value) : `\`${String(value)}\``;
