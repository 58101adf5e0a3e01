/** The first dotted number in a text, as its numbers; a pre-release mark (`-rc.1`, `rc1`, `beta2`) is kept apart. */
export interface Version {
  numbers: number[];
  preRelease: boolean;
}

const VERSION = /(\d+(?:\.\d+)*)(-?(?:rc|alpha|beta|ea)[.\d]*)?/;

/** @return undefined when the text holds no number. */
export function parseVersion(text: string): Version | undefined {
  const match = VERSION.exec(text);
  if (!match?.[1]) return undefined;
  return { numbers: match[1].split('.').map(Number), preRelease: match[2] !== undefined };
}

/** @return negative, zero or positive, as a sort function wants it; absent parts count as 0, a pre-release comes before its release. */
export function compareVersions(left: Version, right: Version): number {
  const length = Math.max(left.numbers.length, right.numbers.length);
  for (let part = 0; part < length; part++) {
    const difference = (left.numbers[part] ?? 0) - (right.numbers[part] ?? 0);
    if (difference !== 0) return difference;
  }
  return Number(right.preRelease) - Number(left.preRelease);
}

/** Whether `found` is `minimum` or newer; false when either is no version. */
export function atLeast(found: string | undefined, minimum: string): boolean {
  const left = parseVersion(found ?? '');
  const right = parseVersion(minimum);
  return left !== undefined && right !== undefined && compareVersions(left, right) >= 0;
}
