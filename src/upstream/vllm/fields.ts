// The options we read, how the engine converts their values, and what it takes when they are not given
// (vLLM 0.31 vllm/engine/arg_utils.py and vllm/entrypoints/launchers/cli_args.py; ai-dynamo 1.6.1 dynamo/vllm/backend_args.py).
import type { Taken } from './parse-known.ts';
import { pythonInt } from './python-int.ts';
import { refusal, type WordError } from './words.ts';

/** A value and the words that set it, null where nothing did and the value is the engine's own. */
export type Read<T> = { readonly value: T; readonly word: string | null };

/** Our names of the options: flag, kind of value, and the value when it is not given. A `name` may be spelled None for null. */
export const fields = {
  tp: ['--tensor-parallel-size', 'number', 1],
  pp: ['--pipeline-parallel-size', 'number', 1],
  pcp: ['--prefill-context-parallel-size', 'number', 1],
  dcp: ['--decode-context-parallel-size', 'number', 1],
  dp: ['--data-parallel-size', 'number', 1],
  dpLocal: ['--data-parallel-size-local', 'number', null],
  executorBackend: ['--distributed-executor-backend', 'name', null],
  nnodes: ['--nnodes', 'number', 1],
  nodeRank: ['--node-rank', 'number', 0],
  masterAddr: ['--master-addr', 'text', '127.0.0.1'],
  masterPort: ['--master-port', 'number', 29501],
  headless: ['--headless', 'switch', false],
  dataParallelBackend: ['--data-parallel-backend', 'text', 'mp'],
  dataParallelRank: ['--data-parallel-rank', 'number', null],
  dataParallelStartRank: ['--data-parallel-start-rank', 'number', null],
  dataParallelAddress: ['--data-parallel-address', 'text', null],
  dataParallelRpcPort: ['--data-parallel-rpc-port', 'number', null],
  hybridLb: ['--data-parallel-hybrid-lb', 'switch', false],
  externalLb: ['--data-parallel-external-lb', 'switch', false],
  multiPortExternalLb: ['--data-parallel-multi-port-external-lb', 'switch', false],
  supervisorPort: ['--data-parallel-supervisor-port', 'number', 9256],
  enableExpertParallel: ['--enable-expert-parallel', 'switch', false],
  enableElasticEp: ['--enable-elastic-ep', 'switch', false],
  enableEplb: ['--enable-eplb', 'switch', false],
  elasticEpMaxDpSize: ['--elastic-ep-max-dp-size', 'number', null],
  apiServerCount: ['--api-server-count', 'number', null],
  shutdownTimeout: ['--shutdown-timeout', 'number', 0],
  host: ['--host', 'name', null],
  port: ['--port', 'number', null],
  model: ['--model', 'text', null],
  servedModelName: ['--served-model-name', 'list', null],
  kvTransferConfig: ['--kv-transfer-config', 'name', null],
  kvEventsConfig: ['--kv-events-config', 'name', null],
  disaggregationMode: ['--disaggregation-mode', 'mode', null],
  discoveryBackend: ['--discovery-backend', 'text', null],
  requestPlane: ['--request-plane', 'text', null],
  eventPlane: ['--event-plane', 'text', null],
  downloadDir: ['--download-dir', 'name', null],
} as const satisfies Record<string, readonly [string, keyof Kinds, unknown]>;

type Kinds = {
  number: number;
  text: string;
  name: string;
  list: readonly string[];
  switch: boolean;
  mode: 'agg' | 'prefill' | 'decode' | 'encode';
};

export type FieldName = keyof typeof fields;

type ValueOf<F> = F extends readonly [string, infer K extends keyof Kinds, infer I]
  ? Kinds[K] | (I extends null ? null : never)
  : never;

/** The values without the words they came from. */
export type Values = { readonly [N in FieldName]: ValueOf<(typeof fields)[N]> };

/** A refusal in short: the field that it is about, and "why; what to do". */
export type Objection = readonly [field: FieldName, why: string];

export type Fields = { readonly [N in FieldName]: Read<ValueOf<(typeof fields)[N]>> };

/** Returns the fields that these options set, the last one of each winning, and what the engine's parser refuses of any. */
export function readFields(taken: readonly Taken[]): {
  readonly fields: Fields;
  readonly errors: readonly WordError[];
} {
  const errors: WordError[] = [];
  const read = Object.entries(fields).map(([name, [flag, kind, initial]]): [string, Read<unknown>] => {
    let last: Read<unknown> = { value: initial, word: null };
    for (const one of taken.filter(({ option }) => option === flag)) {
      const converted = convert(kind, flag, one);
      if ('error' in converted) errors.push(converted.error);
      else last = { value: converted.value, word: one.written };
    }
    return [name, last];
  });
  return { fields: Object.fromEntries(read) as Fields, errors };
}

type Converted = { readonly value: unknown } | { readonly error: WordError };

function convert(kind: keyof Kinds, flag: string, { values, on, written }: Taken): Converted {
  const [value = ''] = values;
  switch (kind) {
    case 'number':
      return wholeNumber(flag, value, written);
    case 'mode':
      return disaggregationMode(flag, value, written);
    case 'name':
      return { value: isNone(value) ? null : value };
    case 'text':
      return { value };
    case 'list':
      return { value: values.filter((one) => !isNone(one)) };
    case 'switch':
      return { value: on };
  }
}

// vllm/engine/arg_utils.py, optional_type
const isNone = (text: string): boolean => text === '' || text === 'None';

function wholeNumber(flag: string, text: string, written: string): Converted {
  const number = pythonInt(text);
  const refuse = (code: 'value' | 'too-large', why: string) => ({
    error: refusal(code, flag, text, `cannot use ${written}: ${why}`),
  });
  if (number === null) return refuse('value', `${JSON.stringify(text)} is no whole number; write one`);
  const value = Number(number);
  return Number.isSafeInteger(value)
    ? { value }
    : refuse('too-large', 'the number is beyond all sense; write a smaller one');
}

const modes: readonly string[] = ['agg', 'prefill', 'decode', 'encode', 'pd'];

/** Returns Dynamo's mode; `pd`, prefill and decode in one worker, is aggregated (dynamo/vllm/backend_args.py). */
function disaggregationMode(flag: string, text: string, written: string): Converted {
  if (modes.includes(text)) return { value: text === 'pd' ? 'agg' : text };
  const why = `${JSON.stringify(text)} is no mode of a worker; write one of ${modes.join(', ')}`;
  return { error: refusal('value', flag, text, `cannot use ${written}: ${why}`) };
}
