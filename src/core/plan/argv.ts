// The exact words of the engine: the user's own byte for byte, then ours.
import type { Warning } from '#core/errors.ts';
import { comparePep440, parsePep440 } from '#upstream/version.ts';

import type { Decided } from './launch.ts';
import type { Added } from './mp.ts';
import { mpWords } from './mp.ts';
import type { Deadlines } from './plan.ts';

// --shutdown-timeout came for good with vLLM 0.18 (vllm.md, version floors).
const shutdownTimeoutSince = '0.18.0';

export type Argv = Added & { readonly argv: readonly string[]; readonly warnings: readonly Warning[] };

/** Returns the engine's argv: the command, what drains it where the engine knows how, and the outcome's words. */
export function engineArgv(launch: Decided, deadlines: Deadlines, drainDelayMs: number): Argv {
  const { decision, fields } = launch;
  if (decision.outcome !== 'mp' || fields === null) {
    return { argv: rehearsed(launch), words: [], problems: [], warnings: dropsRequests(launch) };
  }
  const added = mpWords(launch, fields);
  const drain = drainWords(launch, deadlines.drain - drainDelayMs);
  const words = [...drain, ...added.words];
  const warnings = drain.length === 0 ? dropsRequests(launch) : [];
  return { argv: [...rehearsed(launch), ...words], words, problems: added.problems, warnings };
}

function drainWords({ fields, facts }: Decided, drainMs: number): string[] {
  if (fields === null || fields.shutdownTimeout.word !== null || drainMs < 1000) return [];
  const version = parsePep440(facts.vllm?.version ?? '');
  const since = parsePep440(shutdownTimeoutSince);
  if (version === null || since === null || comparePep440(version, since) < 0) return [];
  return ['--shutdown-timeout', String(Math.floor(drainMs / 1000))];
}

function dropsRequests({ fields, profile }: Decided): Warning[] {
  if (profile === 'command' || fields === null || fields.shutdownTimeout.word !== null) return [];
  const message =
    'the engine drops its requests when it is told to stop: the command has no --shutdown-timeout and is left as it is';
  return [{ code: 'drops-requests', message }];
}

/** Returns the user's command, or the rehearsal engine with the same words where that is asked for. */
function rehearsed({ options, facts, command, program, profile, engineWords }: Decided): readonly string[] {
  if (!options.rehearse || profile === 'command') return command;
  const verb = program === 'dynamo-vllm' ? ['-m', 'dynamo.vllm'] : ['serve'];
  return [...facts.rehearsalProgram, ...verb, ...command.slice(engineWords)];
}
