// Engine versions against what an outcome needs; sources are named beside each floor.
import { problem } from '#core/errors.ts';
import { comparePep440, parsePep440 } from '#upstream/pep440.ts';

import type { Decided, Remarks } from './launch.ts';
import { noRemarks } from './launch.ts';
import type { Outcome, Profile } from './plan.ts';

// Multi-node mp: vllm-project/vllm#23691, in releases from 0.12 on (vllm.md, version floors). Hybrid load balancing:
// vllm-project/vllm#21238 of July 2025, in 0.10.1.
const floors: Partial<Record<Outcome, { readonly since: string; readonly instead: string }>> = {
  mp: { since: '0.12.0', instead: 'use a newer image, or --executor ray' },
  'data-parallel': { since: '0.10.1', instead: 'use a newer image, or --outcome replicas' },
};
// The newest versions that this launcher was run with (real-engines.md).
const newestKnown: Record<Exclude<Profile, 'command'>, string> = { vllm: '0.32', dynamo: '1.6' };

/** Returns a problem for an engine too old for the outcome, and a warning for one newer than any we know. */
export function versionRemarks({ facts, profile, decision }: Decided): Remarks {
  if (profile === 'command' || decision.outcome === null) return noRemarks;
  const floor = floors[decision.outcome];
  const { vllm } = facts;
  if (
    floor !== undefined &&
    vllm !== null &&
    parsePep440(vllm.version) !== null &&
    !isAtLeast(vllm.version, floor.since)
  ) {
    const message = `cannot run the outcome ${decision.outcome} with vLLM ${vllm.version} (${vllm.source}): it needs ${floor.since}`;
    return { warnings: [], problems: [problem('config', message, floor.instead)] };
  }
  const own = profile === 'vllm' ? vllm : facts.dynamo;
  if (own === null || !isNewer(own.version, newestKnown[profile])) return noRemarks;
  const message = `${profile} ${own.version} (${own.source}) is newer than ${newestKnown[profile]}, the newest this launcher was run with`;
  return { warnings: [{ code: 'newer-engine', message }], problems: [] };
}

/** Tells whether a Python version is this one or a later one; false for a text that is no version. */
export function isAtLeast(version: string, floor: string): boolean {
  const [a, b] = [parsePep440(version), parsePep440(floor)];
  return a !== null && b !== null && comparePep440(a, b) >= 0;
}

/** Tells whether a version's first two numbers are beyond those of `newest`. */
function isNewer(version: string, newest: string): boolean {
  const [major = 0, minor = 0] = releaseOf(version);
  const [knownMajor = 0, knownMinor = 0] = releaseOf(newest);
  return major > knownMajor || (major === knownMajor && minor > knownMinor);
}

const releaseOf = (version: string): readonly number[] => parsePep440(version)?.release ?? [];
