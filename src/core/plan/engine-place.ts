// Where the engine's own words stand in a command. A command we do not know is searched only where --engine says what it is.
import type { Options } from '#core/options.ts';
import type { EngineCommand } from '#upstream/vllm/command.ts';
import { readCommand } from '#upstream/vllm/command.ts';
import type { EngineProgram } from '#upstream/vllm/read-words.ts';

export type EnginePlace = EngineCommand & {
  /** Whose parser reads the words; null for a command whose words we cannot read. */
  readonly parser: EngineProgram | null;
};

/** Returns what a command runs, by whose parser its words are read and where they begin; `engine` is --engine. */
export function placeEngine(command: readonly string[], engine: Options['engine']): EnginePlace {
  const seen = readCommand(command);
  if (seen.program === 'ray-start') return { ...seen, parser: null };
  if (seen.program !== 'other' && seen.program !== 'shell') {
    return { ...seen, profile: engine ?? seen.profile, parser: seen.program };
  }
  if (engine === null) return { ...seen, parser: null };
  const inner = innerEngine(command);
  if (inner !== null) return { ...inner, profile: engine };
  const parser = engine === 'dynamo' ? 'dynamo-vllm' : 'vllm-serve';
  return { program: seen.program, profile: engine, engineWords: firstArgument(command, seen.program), parser };
}

/** An engine behind a wrapper, as in `numactl --membind 0 vllm serve MODEL`. */
function innerEngine(command: readonly string[]): EnginePlace | null {
  for (let at = 1; at < command.length; at++) {
    const { program, profile, engineWords } = readCommand(command.slice(at));
    if (program === 'vllm-serve' || program === 'openai-api-server' || program === 'dynamo-vllm') {
      return { program, profile, engineWords: at + engineWords, parser: program };
    }
  }
  return null;
}

// `sh -c SCRIPT NAME ARGS...`, `sh FILE ARGS...`, `python3 FILE ARGS...` or `python3 -m MODULE ARGS...`, `PROGRAM [serve] ARGS...`.
function firstArgument(command: readonly string[], program: 'other' | 'shell'): number {
  const named = command.findIndex((word, at) => at > 0 && !word.startsWith('-'));
  const begin = named === -1 ? command.length : named;
  if (program === 'shell') {
    const script = command.slice(1, begin).some((word) => /^-[a-z]*c[a-z]*$/.test(word));
    return Math.min(begin + (script ? 2 : 1), command.length);
  }
  if (/(^|\/)python[\d.]*$/.test(command[0] ?? '')) return Math.min(begin + 1, command.length);
  return command[1] === 'serve' ? 2 : Math.min(1, command.length);
}
