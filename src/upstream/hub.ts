// Where the hub's client keeps models and finds its token (huggingface_hub constants.py: HF_HOME, HF_HUB_CACHE, HF_TOKEN_PATH).
type Env = Readonly<Record<string, string>>;

export type HubPlaces = {
  readonly cache: string;
  readonly tokenFile: string;
  /** The variable that holds a token; null where none does. */
  readonly tokenVariable: string | null;
  /** The variable that forbids asking the hub; null where none does. */
  readonly offline: string | null;
};

/** Returns the places that the hub's client uses in an environment. */
export function hubPlaces(env: Env): HubPlaces {
  const set = (...names: readonly string[]) => names.find((name) => Object.hasOwn(env, name) && env[name] !== '');
  const value = (...names: readonly string[]): string | null => env[set(...names) ?? ''] ?? null;
  const user = value('XDG_CACHE_HOME') ?? `${value('HOME') ?? '/root'}/.cache`;
  const home = value('HF_HOME') ?? `${user}/huggingface`;
  const on = (name: string) => /^(1|true|yes|on)$/i.test(value(name) ?? '');
  return {
    cache: value('HF_HUB_CACHE', 'HUGGINGFACE_HUB_CACHE') ?? `${home}/hub`,
    tokenFile: value('HF_TOKEN_PATH') ?? `${home}/token`,
    tokenVariable: set('HF_TOKEN', 'HUGGING_FACE_HUB_TOKEN') ?? null,
    offline: ['HF_HUB_OFFLINE', 'TRANSFORMERS_OFFLINE'].find(on) ?? null,
  };
}

/** Tells whether a word is a name of the hub, `name` or `owner/name`, and no path or address. */
export const isHubName = (word: string): boolean =>
  /^[\w.-]+(\/[\w.-]+)?$/.test(word) && !/(^|\/)\.{1,2}(\/|$)/.test(word);

/** Returns the folder of a model's snapshots inside a cache (huggingface_hub file_download.py, repo_folder_name). */
export const snapshotsOf = (cache: string, model: string): string =>
  `${cache}/models--${model.replaceAll('/', '--')}/snapshots`;
