// The exact words of the engine: the user's own byte for byte, then ours.
import type { Problem, Warning } from '#core/errors.ts';
import { problem } from '#core/errors.ts';
import type { EngineWords } from '#upstream/vllm/read-words.ts';
import { readWords } from '#upstream/vllm/read-words.ts';

import { ranksPlace, ranksWords } from './data-parallel.ts';
import { fateOf } from './gates.ts';
import type { Decided } from './launch.ts';
import type { Added, MpPlace } from './mp.ts';
import { mpWords } from './mp.ts';
import type { Deadlines } from './plan.ts';
import { rayPlanOf } from './ray-place.ts';
import { rayWords } from './ray-words.ts';
import { refusedWords } from './read-engine.ts';
import { isAtLeast } from './versions.ts';

// --shutdown-timeout came for good with vLLM 0.18 (vllm.md, version floors).
const shutdownTimeoutSince = '0.18.0';

export type Argv = {
  readonly argv: readonly string[];
  /** The words that are not the user's. */
  readonly ours: readonly string[];
  readonly problems: readonly Problem[];
  readonly warnings: readonly Warning[];
};

/**
 * Returns the engine's argv, or null where the outcome is not run or this node's place in it is not known. A Ray agent runs no
 * engine: its argv is the leader's, whose words it is refused for alike.
 */
export function engineArgv(launch: Decided, deadlines: Deadlines, drainDelayMs: number): Argv | null {
  const { outcome } = launch.decision;
  if (outcome === 'single' || outcome === 'replicas' || (outcome === 'elastic-ep' && rayPlanOf(launch) !== null)) {
    return { argv: rehearsed(launch), ours: [], problems: [], warnings: dropsRequests(launch, 'and is left as it is') };
  }
  const { fields } = launch;
  if (fields === null) return null;
  const added = addedWords(launch, fields);
  if (added === null) return null;
  const drain = drainWords(launch, fields, deadlines.drain - drainDelayMs);
  const words = [...drain, ...added.words];
  return {
    argv: [...rehearsed(launch), ...words],
    ours: words,
    problems: added.problems,
    warnings: drain.length > 0 ? [] : dropsRequests(launch, 'and this vLLM is not known to take it in time'),
  };
}

/**
 * Tells whether the engine takes the user's words once ours stand behind them: `--data-parallel-hybrid-lb` alone lacks a size.
 * A value that is missing is none of that: our first word would be taken for it.
 */
export function mendsWords({ command, engineWords, reader, fields }: Decided, ours: readonly string[]): boolean {
  if (reader === null || fields === null || fields.errors.length === 0 || ours.length === 0) return false;
  if (unmendable(fields).length > 0) return false;
  return readWords([...command.slice(engineWords), ...ours], reader).errors.length === 0;
}

/**
 * Returns what the engine refuses of the user's words and ours together, where it takes each for itself. Members that stop
 * together have the same command, so the leader asks for its workers too, rather than wait for them in vain.
 */
export function refusedTogether(launch: Decided, ours: readonly string[]): Problem[] {
  const { command, engineWords, reader, fields } = launch;
  const [first] = ours;
  if (reader === null || fields === null || first === undefined) return [];
  const theirs = command.slice(engineWords);
  if (theirs.includes('--')) {
    const message = `cannot add ${first} behind --: the engine takes nothing there as an option`;
    return [problem('config', message, 'remove -- from the engine command')];
  }
  const leads = launch.identity.rank === 0 && fateOf(launch) === 'together';
  const workers = leads ? [addedWords(asWorker(launch), fields)?.words ?? ours] : [];
  const together = [ours, ...workers].map((added) => readWords([...theirs, ...added], reader).errors);
  const refused = [unmendable(fields), ...together];
  return refusedWords(refused.find((errors) => errors.length > 0) ?? []);
}

const unmendable = ({ errors }: EngineWords): EngineWords['errors'] => errors.filter(({ code }) => code !== 'conflict');

const asWorker = (launch: Decided): Decided => ({ ...launch, identity: { ...launch.identity, rank: 1 } });

function addedWords(launch: Decided, fields: EngineWords): Added | null {
  const [place, ranks] = [mpPlace(launch), ranksPlace(launch)];
  if (place !== null) return mpWords(place, fields);
  if (ranks !== null) return ranksWords(ranks, fields);
  return rayPlanOf(launch) === null ? null : rayWords(fields);
}

function mpPlace({ decision, identity: { rank, size, leader }, options }: Decided): MpPlace | null {
  if (decision.outcome !== 'mp' || rank === null || size === null || leader === null) return null;
  return { rank, size, host: leader.host, masterPort: options['master-port'] };
}

function drainWords({ facts, options }: Decided, { shutdownTimeout }: EngineWords, drainMs: number): string[] {
  if (shutdownTimeout.word !== null || drainMs < 1000) return [];
  const known = facts.vllm !== null && isAtLeast(facts.vllm.version, shutdownTimeoutSince);
  if (!known && !options.rehearse) return [];
  return ['--shutdown-timeout', String(Math.floor(drainMs / 1000))];
}

function dropsRequests({ fields }: Decided, why: string): Warning[] {
  if (fields === null || fields.shutdownTimeout.word !== null) return [];
  const message = `the engine drops its requests when it is told to stop: the command has no --shutdown-timeout ${why}`;
  return [{ code: 'drops-requests', message }];
}

/** Returns the user's command, or the rehearsal engine with the same words where that is asked for. */
function rehearsed({ options, facts, command, program, profile, engineWords }: Decided): readonly string[] {
  if (!options.rehearse || profile === 'command') return command;
  const verb = program === 'dynamo-vllm' ? ['-m', 'dynamo.vllm'] : ['serve'];
  return [...facts.rehearsalProgram, ...verb, ...command.slice(engineWords)];
}
