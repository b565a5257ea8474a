import { readWords, type EngineProgram, type EngineWords } from '#upstream/vllm/read-words.ts';

// The engine's own words as vLLM and Dynamo read them, down to what the rehearsal engine heeds.

export type Settings = {
  readonly profile: 'vllm' | 'dynamo';
  readonly model: string;
  readonly servedName: string;
  readonly host: string;
  readonly port: number;
  readonly sizes: {
    readonly tp: number;
    readonly pp: number;
    readonly pcp: number;
    readonly dcp: number;
    readonly dp: number;
  };
  readonly dpLocal: number | null;
  readonly dpStart: number | null;
  readonly expertParallel: boolean;
  readonly nnodes: number;
  readonly nodeRank: number;
  readonly masterHost: string;
  readonly masterPort: number;
  readonly headless: boolean;
  readonly executor: string | null;
};

/** Why the engine does not start: status 2 from its parser, 1 for what fails later; 0 and no words where only its help was asked for. */
export type Refused = { readonly status: 0 | 1 | 2; readonly why: string };

type Env = Readonly<Record<string, string | undefined>>;

const DEFAULT_MODEL = 'Qwen/Qwen3-0.6B';

/** Returns what the words after the program ask for (`serve MODEL ...`, `-m dynamo.vllm ...`), or why the engine does not start. */
export const readSettings = (words: readonly string[], env: Env): Settings | Refused => {
  const program = programOf(words);
  if (program === null)
    return {
      status: 2,
      why: `cannot rehearse "${words.slice(0, 2).join(' ')}": it is neither \`serve MODEL\` nor \`-m dynamo.vllm\`; see --help`,
    };
  const read = readWords(words.slice(program === 'vllm-serve' ? 1 : 2), { program, env });
  return refusalOf(read) ?? settingsOf(program, read);
};

const programOf = ([first, second]: readonly string[]): EngineProgram | null => {
  if (first === 'serve') return 'vllm-serve';
  if (first !== '-m') return null;
  if (second === 'dynamo.vllm') return 'dynamo-vllm';
  return second === 'vllm.entrypoints.openai.api_server' ? 'openai-api-server' : null;
};

// A --config file is accepted and not read.
const refusalOf = ({ help, unknown, errors }: EngineWords): Refused | null => {
  if (help) return { status: 0, why: '' };
  if (unknown.length > 0) return { status: 2, why: `error: unrecognized arguments: ${unknown.join(' ')}` };
  const [error] = errors.filter(({ code }) => code !== 'config');
  if (error === undefined) return null;
  return error.code === 'conflict'
    ? { status: 1, why: `ValueError: ${error.message}` }
    : { status: 2, why: `error: ${error.message}` };
};

const settingsOf = (program: EngineProgram, read: EngineWords): Settings => {
  const model = read.model.value ?? DEFAULT_MODEL;
  const { tp, pp, pcp, dcp, dp, dpLocal } = read.sizes;
  return {
    profile: program === 'dynamo-vllm' ? 'dynamo' : 'vllm',
    model,
    servedName: read.servedModelName.value?.[0] ?? model,
    host: read.host.value ?? '0.0.0.0',
    port: read.port.value ?? 8000,
    sizes: { tp: tp.value, pp: pp.value, pcp: pcp.value, dcp: dcp.value, dp: dp.value },
    dpLocal: dpLocal.value,
    dpStart: read.dataParallelStartRank.value,
    expertParallel: read.enableExpertParallel.value,
    nnodes: read.nnodes.value,
    nodeRank: read.nodeRank.value,
    masterHost: read.masterAddr.value,
    masterPort: read.masterPort.value,
    headless: read.headless.value && program !== 'openai-api-server',
    executor: read.executorBackend.value,
  };
};
