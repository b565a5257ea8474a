// Files that an engine command names, to be looked at before it starts.
import type { Options } from '#core/options.ts';
import { readWords } from '#upstream/vllm/read-words.ts';

import { placeEngine } from './engine-place.ts';

export type NamedFiles = {
  /** The file of --config, read by the engine before its other words. */
  readonly config: string | null;
  /** The model where it is a path of this node for certain: absolute, or beginning with `./` or `../`. */
  readonly model: string | null;
};

/** Returns the files that a command names in its words; none for a command whose words we cannot read. */
export function namedFiles(command: readonly string[], engine: Options['engine'] = null): NamedFiles {
  const { parser, engineWords } = placeEngine(command, engine);
  if (parser === null) return { config: null, model: null };
  const { configFile, model } = readWords(command.slice(engineWords), { program: parser });
  const local = model.value !== null && /^\.{0,2}\//.test(model.value);
  return { config: configFile.value, model: local ? model.value : null };
}
