// What the rehearsal engine of this node is told to do wrong: --rehearsal-fault RANK:FAULT becomes its variable.
import type { Problem } from '#core/errors.ts';
import { problem } from '#core/errors.ts';
import { quote } from '#core/quote.ts';

import type { Launch, Remarks } from './launch.ts';

// RANK:FAULT with the rank apart; which faults there are, and which take a duration, the rehearsal engine itself knows.
const form = /^(\d{1,9}):([a-z]+(?:-[a-z]+)*(?:=\d{1,7}(?:ms|s|m|h))?)$/;

/** Returns the value of REHEARSAL_FAULT for this node's rank (a comma list), or null where nothing is to go wrong here. */
export function rehearsalFaults({ options, identity }: Launch): string | null {
  const mine = (options['rehearsal-fault'] ?? []).flatMap((text) => {
    const [, at, fault] = form.exec(text) ?? [];
    return fault !== undefined && Number(at) === identity.rank ? [fault] : [];
  });
  return options.rehearse && mine.length > 0 ? mine.join(',') : null;
}

/** Returns what is wrong with --rehearsal-fault: a usage problem for each word that no rehearsal of this group can be told. */
export function rehearsalRemarks({ options, identity }: Launch): Remarks {
  const given = options['rehearsal-fault'] ?? [];
  if (given.length > 0 && !options.rehearse) return { warnings: [], problems: [notRehearsed(given)] };
  const problems = given.flatMap((text) => {
    const [, at] = form.exec(text) ?? [];
    const size = identity.size ?? 1;
    if (at === undefined) return [refuse(text, 'it is not RANK:FAULT')];
    return Number(at) < size ? [] : [refuse(text, `the ranks of this group are 0 to ${size - 1}`)];
  });
  return { warnings: [], problems };
}

const notRehearsed = (given: readonly string[]): Problem =>
  problem(
    'usage',
    `cannot use --rehearsal-fault ${quote(given.join(','))}: only a rehearsal engine can be told what to do wrong`,
    'add --rehearse, or leave it out',
  );

const refuse = (text: string, why: string): Problem =>
  problem(
    'usage',
    `cannot use --rehearsal-fault ${quote(text)}: ${why}`,
    'write it like 1:die-after=3s; `node dist/rehearsal.js --help` names the faults',
  );
