import { readdirSync } from 'node:fs';

const folder = new URL('../releases/', import.meta.url);

/**
 * The stored files of a release: its API (`openapi.json`), items as it wrote them (`items.json`), and its state machine's definition
 * (`definition.json`).
 */
export type Release = { version: string; file(name: 'openapi.json' | 'items.json' | 'definition.json'): URL };

export function releaseOf(version: string): Release {
  return { version, file: (name) => new URL(`${version}/${name}`, folder) };
}

/** All stored releases, oldest first. */
export function releases(): Release[] {
  return readdirSync(folder)
    .filter((name) => /^\d+\.\d+\.\d+$/.test(name))
    .sort(byVersion)
    .map(releaseOf);
}

/** Returns the latest stored release. @throws when there is none yet */
export function lastRelease(): Release {
  const last = releases().at(-1);
  if (!last) {
    throw new Error('releases/ is empty: npm run keep-release stores a release.');
  }
  return last;
}

/**
 * Whether a version may break callers of an earlier one: a new major version, or a new minor one before 1.0.0.
 * https://semver.org/#spec-item-4
 */
export function mayBreak(earlier: string, later: string): boolean {
  const [[major = 0, minor = 0], [nextMajor = 0, nextMinor = 0]] = [partsOf(earlier), partsOf(later)];
  return nextMajor > major || (major === 0 && nextMajor === 0 && nextMinor > minor);
}

const partsOf = (version: string) => version.split('.').map(Number);

function byVersion(a: string, b: string): number {
  const [left, right] = [partsOf(a), partsOf(b)];
  const differs = left.findIndex((part, place) => part !== right[place]);
  return differs === -1 ? 0 : (left[differs] ?? 0) - (right[differs] ?? 0);
}
