// What the user said in so many words: --nnodes, --node-rank, --leader, --group; `local` says it for the launchers it starts.
import type { Problem } from '#core/errors.ts';
import { problem } from '#core/errors.ts';
import type { Claim, ClaimedLeader, SourceInput } from '#core/identity/claim.ts';
import { claim, shown } from '#core/identity/claim.ts';
import { parseHostPort } from '#core/identity/address.ts';
import { checkWhole } from '#core/identity/given.ts';
import type { Options } from '#core/options.ts';
import { quote } from '#core/quote.ts';

/** Returns the claim of the user's own options, or null where there are none or `local` made them. */
export const fromOptions = ({ options }: SourceInput): Claim | null =>
  options['local-group'] === null ? fromNumbers('options', options, options.group) : null;

/** Returns the claim of the `local` command that started this launcher, or null. */
export const fromLocal = ({ options }: SourceInput): Claim | null =>
  options['local-group'] === null ? null : fromNumbers('local', options, options.group ?? options['local-group']);

function fromNumbers(source: string, options: Options, group: string | null): Claim | null {
  const rank = checkWhole(options['node-rank'], 'the rank', '--node-rank', 0);
  const size = checkWhole(options.nnodes, 'the number of nodes', '--nnodes', 1);
  const leader = readLeader(options.leader);
  const evidence = shown({
    '--nnodes': options.nnodes,
    '--node-rank': options['node-rank'],
    '--leader': options.leader,
    '--group': options.group,
  });
  if (evidence === '' && group === null) return null;
  return claim(source, {
    rank: rank.value,
    size: size.value,
    leader: leader.value,
    group,
    evidence,
    problems: [...rank.problems, ...size.problems, ...leader.problems],
  });
}

function readLeader(text: string | null): { value: ClaimedLeader | null; problems: readonly Problem[] } {
  if (text === null) return { value: null, problems: [] };
  const parsed = parseHostPort(text);
  if (parsed !== null) return { value: { ...parsed, via: '--leader' }, problems: [] };
  const message = `cannot use --leader ${quote(text)}: it is not HOST or HOST:PORT`;
  return {
    value: null,
    problems: [problem('usage', message, 'write --leader HOST[:PORT], an IPv6 address in brackets')],
  };
}
