// Options and variables of `python -m dynamo.vllm` that have another name today, or none.
// Source: the ledger of deprecations of Dynamo 1.6.1 (docs.nvidia.com/dynamo/v1.6.1/reference/releases/deprecations), the entries
// of v1.0.0, v1.1.0, v1.3.0 and v1.4.0 with the pull request named at each row; that 1.6.1 takes none but the last row and refuses
// `--connector` by itself was seen in its parser (dynamo/vllm/args.py, backend_args.py) and its --help.

export type WorkerMode = 'prefill' | 'decode' | 'encode';

export type OldName = {
  /** An option, or a variable in capitals. */
  readonly name: string;
  /** The words it takes; a variable that stands for a switch takes none. */
  readonly takes: 'none' | 'one' | 'any';
  /** The version from which there is what is written today. */
  readonly since: string;
  /** The version that takes it no more; null where the newest we know still does. */
  readonly gone: string | null;
  readonly today: string;
  /** The mode of a worker that it means. */
  readonly mode: WorkerMode | null;
};

const row = (
  [name, takes]: readonly [string, OldName['takes']],
  [since, gone]: readonly [string, string | null],
  today: string,
  mode: WorkerMode | null = null,
): OldName => ({ name, takes, since, gone, today, mode });

const encode = '--enable-multimodal --disaggregation-mode encode';
const decode = '--enable-multimodal --disaggregation-mode decode';
const either = '--enable-multimodal --disaggregation-mode agg (or prefill)';
const transfer = '--kv-transfer-config \'{"kv_connector":"NixlConnector","kv_role":"kv_both"}\' (nothing for `none`)';
const events =
  '--kv-events-config \'{"publisher":"zmq","endpoint":"tcp://*:20080","enable_kv_cache_events":true}\' with its port';

/** Old names of options and variables, each with its versions and what to write today. */
export const oldNames: readonly OldName[] = [
  // ai-dynamo/dynamo#6483 and #12089
  row(['--is-prefill-worker', 'none'], ['1.0.0', '1.4.0'], '--disaggregation-mode prefill', 'prefill'),
  row(['--is-decode-worker', 'none'], ['1.0.0', '1.4.0'], '--disaggregation-mode decode', 'decode'),
  row(['DYN_VLLM_IS_PREFILL_WORKER', 'none'], ['1.0.0', '1.4.0'], 'DYN_VLLM_DISAGGREGATION_MODE=prefill', 'prefill'),
  row(['DYN_VLLM_IS_DECODE_WORKER', 'none'], ['1.0.0', '1.4.0'], 'DYN_VLLM_DISAGGREGATION_MODE=decode', 'decode'),
  // #6450
  row(['--connector', 'any'], ['1.0.0', '1.0.0'], transfer),
  row(['DYN_CONNECTOR', 'any'], ['1.0.0', '1.0.0'], transfer),
  // #6167
  row(['--store-kv', 'one'], ['1.0.0', '1.0.0'], '--discovery-backend with the same value'),
  row(['DYN_STORE_KV', 'one'], ['1.0.0', '1.0.0'], 'DYN_DISCOVERY_BACKEND with the same value'),
  row(['DYN_KV_STORE', 'one'], ['1.0.0', '1.0.0'], 'DYN_DISCOVERY_BACKEND with the same value'),
  // #6404 and #7591
  row(['DYN_VLLM_KV_EVENT_PORT', 'one'], ['1.0.0', '1.1.0'], events),
  // #5918 and #5941
  row(['--migration-limit', 'one'], ['1.0.0', '1.0.0'], 'nothing here: the frontend takes it'),
  row(['--enable-local-indexer', 'none'], ['1.0.0', '1.0.0'], 'nothing: it is always on'),
  // #10680 and #11887; #6060
  row(['--multimodal-worker', 'none'], ['1.3.0', '1.4.0'], either),
  row(['--multimodal-encode-worker', 'none'], ['1.3.0', '1.4.0'], encode, 'encode'),
  row(['--multimodal-decode-worker', 'none'], ['1.3.0', '1.4.0'], decode, 'decode'),
  row(['--multimodal-encode-prefill-worker', 'none'], ['1.0.0', '1.0.0'], either),
  row(['DYN_VLLM_MULTIMODAL_WORKER', 'none'], ['1.3.0', '1.4.0'], either),
  row(['DYN_VLLM_MULTIMODAL_ENCODE_WORKER', 'none'], ['1.3.0', '1.4.0'], encode, 'encode'),
  row(['DYN_VLLM_MULTIMODAL_DECODE_WORKER', 'none'], ['1.3.0', '1.4.0'], decode, 'decode'),
  // #10049: 1.6.1 takes it and does nothing with it
  row(['--model-express-url', 'one'], ['1.3.0', null], '--load-format modelexpress'),
];

/** An old name as it was met: `written` are the user's words for it, its value included, or the variable's name. */
export type Met = { readonly old: OldName; readonly written: readonly string[] };

/** Returns the old names among the words of a Dynamo worker, in order. */
export function oldWords(words: readonly string[]): readonly Met[] {
  const end = words.indexOf('--');
  const read = end === -1 ? words : words.slice(0, end);
  return read.flatMap((word, at) => {
    const [flag = ''] = word.split('=', 1);
    const old = flag.startsWith('-') ? oldNames.find(({ name }) => name === flag) : undefined;
    if (old === undefined) return [];
    return [{ old, written: [word, ...(flag === word ? valuesOf(old, read.slice(at + 1)) : [])] }];
  });
}

function valuesOf({ takes }: OldName, after: readonly string[]): readonly string[] {
  const option = after.findIndex((word) => word.startsWith('-'));
  const values = option === -1 ? after : after.slice(0, option);
  return takes === 'any' ? values : values.slice(0, takes === 'one' ? 1 : 0);
}

/** Returns the old names among the variables; a switch that is off is none, as it never was to Dynamo. */
export function oldVariables(env: Readonly<Record<string, string>>): readonly Met[] {
  return oldNames.flatMap((old) => {
    if (old.name.startsWith('-')) return [];
    const value = Object.hasOwn(env, old.name) ? env[old.name] : undefined;
    if (value === undefined || value === '' || (old.takes === 'none' && !isOn(value))) return [];
    return [{ old, written: [old.name] }];
  });
}

// ai-dynamo 1.6.1 dynamo/common/configuration/utils.py, env_or_default
const isOn = (value: string): boolean => ['true', '1', 'yes', 'on'].includes(value.trim().toLowerCase());
