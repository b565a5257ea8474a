// How the engine reads its own command line: sizes, backends and all that a launch depends on, each with the words it came from.
// Held to the real parsers by scripts/compare-parser.py. vLLM 0.31, ai-dynamo 1.6.1.
import type { ConfigValue } from './config-words.ts';
import { conflicts } from './conflicts.ts';
import { type Fields, type Read, readFields } from './fields.ts';
import { glued, refused } from './parse-errors.ts';
import { type EngineProgram, parseLine } from './parse-line.ts';
import type { Taken } from './parse-known.ts';
import type { WordError } from './words.ts';

export type { EngineProgram };

export type ReadOptions = {
  readonly program: EngineProgram;
  /** The document in the file that `--config` names: read the words once to learn the file (configFile), then again with it. */
  readonly config?: ConfigValue | undefined;
  /** Dynamo takes two of its options from the environment when the words do not give them. */
  readonly env?: Readonly<Record<string, string | undefined>>;
};

type SizeName = 'tp' | 'pp' | 'pcp' | 'dcp' | 'dp' | 'dpLocal';

export type EngineWords = Omit<Fields, SizeName> & {
  /** `world` is the ranks of one replica: tensor x pipeline x prefill-context parallel. */
  readonly sizes: Pick<Fields, SizeName> & { readonly world: number };
  /** The file that the engine reads more words from, null without one. */
  readonly configFile: Read<string | null>;
  /** Whether the engine only prints its help or version. */
  readonly help: boolean;
  /** Words that no parser of this version knows, as the engine names them; it refuses them. */
  readonly unknown: readonly string[];
  /** What the engine refuses because of one of the options read here. */
  readonly errors: readonly WordError[];
};

/**
 * Returns what an engine reads from its own words, those after `vllm serve`, `python -m dynamo.vllm` or
 * `python -m vllm.entrypoints.openai.api_server`. A `--config` file that was not given is an error.
 */
export function readWords(words: readonly string[], { program, config, env = {} }: ReadOptions): EngineWords {
  const line = parseLine(program, words, config);
  const taken = program === 'dynamo-vllm' ? [...line.taken, ...fromEnv(env, line.taken)] : line.taken;
  const read = readFields(taken);
  const fields = withDefaults(read.fields, program);
  const parsing = [...line.errors, ...refused(line.refusals), ...glued(line.unknown), ...read.errors];
  const { tp, pp, pcp, dcp, dp, dpLocal, ...rest } = fields;
  const { configFile } = line;
  return {
    ...rest,
    sizes: { tp, pp, pcp, dcp, dp, dpLocal, world: tp.value * pp.value * pcp.value },
    configFile: { value: configFile, word: configFile === null ? null : `--config ${configFile}` },
    help: taken.some(({ option }) => option === '--help' || option === '--version'),
    unknown: line.unknown,
    errors: parsing.length > 0 ? parsing : conflicts(fields, program),
  };
}

// What is not given and differs between the programs: Dynamo has a mode and no port.
function withDefaults(fields: Fields, program: EngineProgram): Fields {
  const { port, disaggregationMode: mode } = fields;
  if (program === 'dynamo-vllm') return { ...fields, disaggregationMode: { ...mode, value: mode.value ?? 'agg' } };
  return { ...fields, port: { ...port, value: port.value ?? 8000 } };
}

/** ai-dynamo 1.6.1, dynamo/vllm/backend_args.py and dynamo/common/configuration/utils.py (env_or_default). */
function fromEnv(env: Readonly<Record<string, string | undefined>>, taken: readonly Taken[]): readonly Taken[] {
  return environment.flatMap(([option, variable]) => {
    const value = env[variable];
    if (value === undefined || taken.some((one) => one.option === option)) return [];
    const on = ['true', '1', 'yes', 'on'].includes(value.trim().toLowerCase());
    return [{ option, on, values: [value], written: `${variable}=${value}` }];
  });
}

const environment = [
  ['--headless', 'DYN_VLLM_HEADLESS'],
  ['--disaggregation-mode', 'DYN_VLLM_DISAGGREGATION_MODE'],
] as const;
