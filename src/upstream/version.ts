// Versions as the operator reads them (SemVer, as Masterminds/semver v3 NewVersion reads it).
import compareSemver from 'semver/functions/compare.js';
import parseSemver from 'semver/functions/parse.js';

/** A version that the operator would accept; `normal` is what it is compared by. */
export type OperatorVersion = { readonly text: string; readonly normal: string };

// Masterminds/semver v3.4 looseSemVerRegex: a lower-case v, missing parts and leading zeros are let through.
const loose =
  /^v?(\d+)(?:\.(\d+))?(?:\.(\d+))?(?:-([\dA-Za-z-]+(?:\.[\dA-Za-z-]+)*))?(?:\+[\dA-Za-z-]+(?:\.[\dA-Za-z-]+)*)?$/;

/** Returns a version as the Dynamo operator reads it (facts: semver.NewVersion), or null where it does not parse. */
export function parseOperatorVersion(text: string): OperatorVersion | null {
  const match = loose.exec(text);
  if (match === null) return null;
  const core = match.slice(1, 4).map((part) => String(Number(part ?? '0')));
  const parsed = parseSemver(core.join('.') + (match[4] === undefined ? '' : `-${match[4]}`));
  return parsed === null ? null : { text, normal: parsed.version };
}

/** Returns less than, equal to or more than 0 by SemVer precedence; build metadata does not count. */
export const compareVersions = (a: OperatorVersion, b: OperatorVersion): number => compareSemver(a.normal, b.normal);
