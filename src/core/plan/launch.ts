// What the planning steps know of a launch: facts, identity and the engine's own words, read once.
import type { Problem, Warning } from '#core/errors.ts';
import type { Facts } from '#core/facts.ts';
import type { PodinfoReading } from '#core/identity/podinfo.ts';
import type { Options } from '#core/options.ts';
import type { EngineCommand } from '#upstream/vllm/command.ts';
import type { EngineWords, ReadOptions } from '#upstream/vllm/read-words.ts';

import type { Decision, IdentityDocument, Profile } from './plan.ts';

export type Launch = {
  readonly facts: Facts;
  readonly options: Options;
  readonly podinfo: PodinfoReading;
  readonly identity: IdentityDocument;
  readonly command: readonly string[];
  readonly program: EngineCommand['program'];
  readonly profile: Profile;
  /** Where in the command the engine's own words begin. */
  readonly engineWords: number;
  /** The engine's words as its own parser reads them; null for a command whose words we cannot read. */
  readonly fields: EngineWords | null;
  /** How that parser is asked about other words; null with `fields`. */
  readonly reader: ReadOptions | null;
};

/** A launch with its decision. */
export type Decided = Launch & { readonly decision: Decision };

/** Tells whether this outcome stands on a Ray cluster. */
export const usesRay = ({ decision: { outcome } }: Decided): boolean => outcome === 'ray' || outcome === 'elastic-ep';

/** Tells whether this node's engine answers over HTTP: headless ones do not, and an agent of Ray is none. */
export function serves(launch: Decided): boolean {
  const { decision, identity, fields } = launch;
  const one = decision.outcome === 'mp' || (usesRay(launch) && identity.size !== 1);
  return !(one && identity.rank !== 0) && fields?.headless.value !== true;
}

export type Remarks = { readonly warnings: readonly Warning[]; readonly problems: readonly Problem[] };

export const noRemarks: Remarks = { warnings: [], problems: [] };

/** Returns all remarks in order. */
export const allRemarks = (...parts: readonly Remarks[]): Remarks => ({
  warnings: parts.flatMap((part) => part.warnings),
  problems: parts.flatMap((part) => part.problems),
});

export type Sizes = { readonly tp: number; readonly pp: number; readonly dp: number; readonly world: number };

/** The flags whose values are the sizes; --config may hold any of them. */
const sizeFlags: ReadonlySet<string> = new Set([
  '--tensor-parallel-size',
  '--pipeline-parallel-size',
  '--prefill-context-parallel-size',
  '--data-parallel-size',
  '--config',
]);

/** Tells whether the sizes of the engine are known: none of the words that set them is refused. */
export const knowsSizes = ({ errors }: EngineWords): boolean => errors.every(({ flag }) => !sizeFlags.has(flag));

/** Returns the sizes of the engine: world is the processes of one replica, TP x PP x prefill-context-parallel. */
export function sizesOf(fields: EngineWords): Sizes {
  const { tp, pp, dp, world } = fields.sizes;
  return { tp: tp.value, pp: pp.value, dp: dp.value, world };
}
