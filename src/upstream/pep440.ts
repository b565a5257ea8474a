// Python's versions by their parts and their order (PEP 440).

/** A Python version by its parts (PEP 440); `pre` is null for a release. */
export type Pep440 = {
  readonly text: string;
  readonly epoch: number;
  readonly release: readonly number[];
  readonly pre: { readonly kind: 'a' | 'b' | 'rc'; readonly number: number } | null;
  readonly post: number | null;
  readonly dev: number | null;
  readonly local: readonly (number | string)[];
};

// PEP 440 appendix B, the pattern of packaging.version.
const pep440 = new RegExp(
  String.raw`^\s*v?(?:(?<epoch>\d+)!)?(?<release>\d+(?:\.\d+)*)` +
    String.raw`(?:[-_.]?(?<pre>alpha|a|beta|b|preview|pre|c|rc)[-_.]?(?<preNumber>\d+)?)?` +
    String.raw`(?:-(?<postDash>\d+)|[-_.]?(?<post>post|rev|r)[-_.]?(?<postNumber>\d+)?)?` +
    String.raw`(?:[-_.]?(?<dev>dev)[-_.]?(?<devNumber>\d+)?)?` +
    String.raw`(?:\+(?<local>[a-z0-9]+(?:[-_.][a-z0-9]+)*))?\s*$`,
  'i',
);

const preKinds = { alpha: 'a', a: 'a', beta: 'b', b: 'b', preview: 'rc', pre: 'rc', c: 'rc', rc: 'rc' } as const;

/** Returns a Python version by its parts, or null where PEP 440 does not know it. */
export function parsePep440(text: string): Pep440 | null {
  const parts = pep440.exec(text)?.groups;
  if (parts === undefined) return null;
  const pre = parts['pre']?.toLowerCase() as keyof typeof preKinds | undefined;
  const posted = parts['postDash'] ?? parts['postNumber'] ?? '0';
  return {
    text,
    epoch: Number(parts['epoch'] ?? '0'),
    release: (parts['release'] ?? '').split('.').map(Number),
    pre: pre === undefined ? null : { kind: preKinds[pre], number: Number(parts['preNumber'] ?? '0') },
    post: parts['postDash'] === undefined && parts['post'] === undefined ? null : Number(posted),
    dev: parts['dev'] === undefined ? null : Number(parts['devNumber'] ?? '0'),
    local: (parts['local']?.toLowerCase().split(/[-_.]/) ?? []).map((part) =>
      /^\d+$/.test(part) ? Number(part) : part,
    ),
  };
}

/** Returns less than, equal to or more than 0 by PEP 440: dev before rc before release before post; local versions last. */
export const comparePep440 = (a: Pep440, b: Pep440): number =>
  a.epoch - b.epoch ||
  compareLists(releaseKey(a), releaseKey(b)) ||
  compareLists(stageKey(a), stageKey(b)) ||
  compareLists(a.local, b.local);

const releaseKey = ({ release }: Pep440): readonly number[] =>
  release.slice(0, release.findLastIndex((part) => part !== 0) + 1);

const preOrder = { a: 0, b: 1, rc: 2 } as const;

// Where a part is missing its place is fixed: a bare dev release stands before every pre-release, a release after them.
function stageKey({ pre, post, dev }: Pep440): readonly number[] {
  const bareDev = pre === null && post === null && dev !== null;
  const stage = pre === null ? (bareDev ? -1 : 3) : preOrder[pre.kind];
  return [stage, pre?.number ?? 0, post ?? -1, dev ?? Infinity];
}

/** Compares part by part; a number stands after a word, and the longer list after its own beginning. */
function compareLists(a: readonly (number | string)[], b: readonly (number | string)[]): number {
  for (const [index, left] of a.entries()) {
    const right = b[index];
    if (right === undefined) return 1;
    if (left === right) continue;
    if (typeof left !== typeof right) return typeof left === 'number' ? 1 : -1;
    return left < right ? -1 : 1;
  }
  return a.length - b.length;
}
