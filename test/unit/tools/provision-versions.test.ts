import { atLeast, compareVersions, parseVersion, type Version } from '../../../tools/provision/versions';

describe('parseVersion', () => {
  it.each([
    ['1.18.2', [1, 18, 2], false],
    ['go1.26.5', [1, 26, 5], false],
    ['v1.19.0-rc.1', [1, 19, 0], true],
    ['1.27rc1', [1, 27], true],
    ['17', [17], false],
    ['25-ea', [25], true],
    ['1.8.0_362', [1, 8, 0], false],
    ['17.0.15+6-Debian-1deb12u1', [17, 0, 15], false],
  ])('%s', (text, numbers, preRelease) => {
    expect(parseVersion(text)).toEqual({ numbers, preRelease });
  });

  it.each(['', 'edge', 'n/a'])('finds none in "%s"', (text) => {
    expect(parseVersion(text)).toBeUndefined();
  });
});

describe('compareVersions', () => {
  it('sorts by number, not by letter, and a pre-release before its release', () => {
    const inOrder = ['1.8', '1.16', '1.16.1', '1.18.2-rc.1', '1.18.2', '1.18.10', '2'];
    const versions = inOrder.map((text) => parseVersion(text) as Version);
    expect([...versions].reverse().sort(compareVersions)).toEqual(versions);
  });

  it('takes an absent part for 0', () => {
    expect(compareVersions(parseVersion('17') as Version, parseVersion('17.0.0') as Version)).toBe(0);
  });
});

describe('atLeast', () => {
  it.each([
    ['1.18.2', '1.18.2', true],
    ['1.18.1', '1.18.2', false],
    ['1.18.2-rc.3', '1.18.2', false],
    ['1.19.0-rc.1', '1.18.2', true],
    ['1.16.5', '1.16', true],
    ['1.8.0_362', '17', false],
    ['21', '17', true],
    ['edge', '1.18.2', false],
    [undefined, '1.18.2', false],
  ])('%s for a minimum of %s: %s', (found, minimum, expected) => {
    expect(atLeast(found, minimum)).toBe(expected);
  });
});
