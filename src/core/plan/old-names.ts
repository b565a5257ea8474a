// Words and variables of a Dynamo worker that have another name today: said before the engine refuses or overlooks them.
import type { Warning } from '#core/errors.ts';
import type { EngineVersion } from '#core/facts.ts';
import { maskWords } from '#core/secret.ts';
import type { Met, OldName, WorkerMode } from '#upstream/dynamo/old-names.ts';
import { oldVariables, oldWords } from '#upstream/dynamo/old-names.ts';
import { parsePep440 } from '#upstream/pep440.ts';

import type { Launch, Remarks } from './launch.ts';
import { isAtLeast } from './versions.ts';

type Asked = Pick<Launch, 'facts' | 'command' | 'engineWords' | 'reader'>;

function metIn({ facts, command, engineWords, reader }: Asked): readonly Met[] {
  if (reader?.program !== 'dynamo-vllm') return [];
  return [...oldWords(command.slice(engineWords)), ...oldVariables(facts.env)];
}

/** Returns a warning for each old name with what to write today; none where the installed Dynamo does not know today's name yet. */
export function oldNameRemarks(launch: Asked): Remarks {
  const dynamo = installedIn(launch);
  return { warnings: metIn(launch).flatMap((met) => warningOf(met, dynamo)), problems: [] };
}

/** The installed Dynamo, null also where its version is no version. */
const installedIn = ({ facts: { dynamo } }: Asked): EngineVersion | null =>
  dynamo === null || parsePep440(dynamo.version) === null ? null : dynamo;

function warningOf({ old, written }: Met, dynamo: EngineVersion | null): readonly Warning[] {
  const said = maskWords(written).join(' ');
  const say = (code: string, what: string): Warning[] => [{ code, message: `${said} ${what}: write ${old.today}` }];
  const renamed = `has another name from Dynamo ${old.since} on`;
  if (dynamo === null) {
    const what = old.gone === null ? renamed : `is gone from Dynamo ${old.gone} on`;
    return say('old-engine-word', `${what}, and which one is installed is not known`);
  }
  const installed = `Dynamo ${dynamo.version} (${dynamo.source})`;
  if (isGone(old, dynamo))
    return say('removed-engine-word', `is gone from Dynamo ${old.gone} on, and this is ${installed}`);
  if (!isAtLeast(dynamo.version, old.since)) return [];
  const until = old.gone === null ? 'still takes it' : `takes it, ${old.gone} does not`;
  return say('renamed-engine-word', `${renamed}; ${installed} ${until}`);
}

const isGone = ({ gone }: OldName, { version }: EngineVersion): boolean => gone !== null && isAtLeast(version, gone);

/** Returns the mode that an old name means to the installed Dynamo, null without one; `unknown` where that version is not known. */
export function oldMode(launch: Asked): WorkerMode | 'unknown' | null {
  const dynamo = installedIn(launch);
  const met = metIn(launch).filter(({ old }) => old.mode !== null);
  if (dynamo === null) return met.length === 0 ? null : 'unknown';
  return met.find(({ old }) => !isGone(old, dynamo))?.old.mode ?? null;
}
