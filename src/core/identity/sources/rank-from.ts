// --rank-from label:KEY|annotation:KEY|env:NAME: the rank where the platform wrote it, for any whose pods carry their index.
import type { Problem } from '#core/errors.ts';
import { problem } from '#core/errors.ts';
import type { Claim, SourceInput } from '#core/identity/claim.ts';
import { claim } from '#core/identity/claim.ts';
import { given, readWhole } from '#core/identity/given.ts';
import { quote } from '#core/quote.ts';

/** Where a rank is to be read. */
export type RankPlace = { readonly kind: 'label' | 'annotation' | 'env'; readonly key: string };

/** Returns the place that --rank-from names, or null where it names none. */
export function parseRankFrom(text: string): RankPlace | null {
  const [, kind, key] = /^(label|annotation|env):([^\s=]+)$/.exec(text) ?? [];
  return kind === undefined || key === undefined ? null : { kind: kind as RankPlace['kind'], key };
}

/** Returns the claim of --rank-from: a rank and nothing else, or null without the option. */
export function fromRankFrom({ options, podinfo, facts }: SourceInput): Claim | null {
  const text = options['rank-from'];
  if (text === null) return null;
  const place = parseRankFrom(text);
  if (place === null) {
    const message = `cannot use --rank-from ${quote(text)}: it is not label:KEY, annotation:KEY or env:NAME`;
    return refused(text, problem('usage', message, 'write --rank-from label:KEY, annotation:KEY or env:NAME'));
  }
  const records = { label: podinfo.labels, annotation: podinfo.annotations, env: facts.env };
  const value = given(records[place.kind], place.key);
  const named = `${place.kind === 'env' ? 'variable' : place.kind} ${place.key}`;
  if (value === null) {
    const where = place.kind === 'env' ? 'the environment' : (podinfo.source ?? options.podinfo);
    const message = `cannot read the rank: ${named} of --rank-from is not in ${where}, or empty`;
    return refused(text, problem('config', message, `let the platform set it, or give --node-rank`));
  }
  const rank = readWhole(value, 'the rank', named, 0);
  return claim('rank-from', { rank: rank.value, evidence: `${named}=${value}`, problems: rank.problems });
}

const refused = (text: string, why: Problem): Claim =>
  claim('rank-from', { evidence: `--rank-from ${text}`, problems: [why] });
