// What the plan says of the engine: profile, version, mode, command as given, sizes.
import type { EngineWords } from '#upstream/vllm/read-words.ts';

import type { Launch } from './launch.ts';
import { knowsSizes, sizesOf } from './launch.ts';
import { oldMode } from './old-names.ts';
import type { PlanDocument } from './plan.ts';

const unknownSizes = { tp: null, pp: null, dp: null, world: null };

/** Returns the engine part of the plan document. */
export function engineSummary(launch: Launch): PlanDocument['engine'] {
  const { profile, facts, command, fields } = launch;
  const version = profile === 'dynamo' ? facts.dynamo : profile === 'vllm' ? facts.vllm : null;
  return {
    profile,
    version: version?.version ?? null,
    mode: profile === 'dynamo' && fields !== null ? modeOf(fields, oldMode(launch)) : null,
    command,
    sizes: fields !== null && knowsSizes(fields) ? sizesOf(fields) : unknownSizes,
  };
}

// ai-dynamo 1.6.1 backend_args.py: --disaggregation-mode; a worker of the mode `encode` is none of the three.
const modes = { agg: 'aggregated', prefill: 'prefill', decode: 'decode', encode: null, unknown: null } as const;

/** An old name of a mode beside today's is refused by every Dynamo that takes it. */
const modeOf = ({ disaggregationMode }: EngineWords, old: ReturnType<typeof oldMode>): PlanDocument['engine']['mode'] =>
  modes[old ?? disaggregationMode.value ?? 'agg'];
