// What a command starts, told from its words alone. Nothing is guessed: what is not one of these forms is `other`.
import type { EngineProgram } from './parse-line.ts';

export type EngineCommand = {
  /** How the engine is looked after: Dynamo's worker, vLLM's API server, or a command we know nothing about. */
  readonly profile: 'vllm' | 'dynamo' | 'command';
  readonly program: EngineProgram | 'shell' | 'ray-start' | 'other';
  /** Index of the first of the engine's own words; the number of words where there are none. */
  readonly engineWords: number;
};

/**
 * Returns what the words start. A first word that begins with `-` stands for `python3 -m dynamo.vllm` followed by the words:
 * the caller puts that in front.
 */
export function readCommand(words: readonly string[]): EngineCommand {
  const program = baseName(words[0] ?? '');
  if (shells.has(program)) return found('shell', words.length);
  if (pythonName.test(program)) return pythonCommand(words);
  if (program === 'ray' && words[1] === 'start') return found('ray-start', 2);
  if (program === 'vllm' && words[1] === 'serve') return found('vllm-serve', 2);
  return found('other', words.length);
}

const shells = new Set(['sh', 'bash', 'dash', 'ash', 'zsh', 'ksh', 'mksh', 'fish', 'busybox']);
const pythonName = /^python(\d+(\.\d+)?)?$/;

const baseName = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

const profiles = { 'vllm-serve': 'vllm', 'openai-api-server': 'vllm', 'dynamo-vllm': 'dynamo' } as const;

function found(program: EngineCommand['program'], engineWords: number): EngineCommand {
  const engine = program === 'shell' || program === 'ray-start' || program === 'other' ? null : program;
  return { profile: engine === null ? 'command' : profiles[engine], program, engineWords };
}

const modules: Readonly<Record<string, EngineProgram>> = {
  'dynamo.vllm': 'dynamo-vllm',
  'vllm.entrypoints.openai.api_server': 'openai-api-server',
  'vllm.entrypoints.launchers.api_server.entry': 'openai-api-server',
};

function pythonCommand(words: readonly string[]): EngineCommand {
  const run = pythonRuns(words);
  const other = found('other', words.length);
  if (run === null) return other;
  const program = run.kind === 'module' && Object.hasOwn(modules, run.name) ? modules[run.name] : undefined;
  if (program !== undefined) return found(program, run.next);
  const vllm = run.kind === 'module' ? run.name === 'vllm.entrypoints.cli.main' : baseName(run.name) === 'vllm';
  return vllm && words[run.next] === 'serve' ? found('vllm-serve', run.next + 1) : other;
}

type PythonRun = { readonly kind: 'module' | 'script'; readonly name: string; readonly next: number };

/** Returns the module or script that a Python command line runs, and where its own words begin (CPython, Python/getopt.c). */
function pythonRuns(words: readonly string[]): PythonRun | null {
  for (let at = 1; at < words.length; at++) {
    const word = words[at] ?? '';
    if (word === '--') return script(words, at + 1);
    if (!word.startsWith('-') || word === '-') return script(words, at);
    const [, tail] = /^-[bBdEiIOPqsSuvxR]*([mWX].*)?$/s.exec(word) ?? [null, null];
    if (tail === null) return null;
    if (tail === undefined) continue;
    const attached = tail.length > 1;
    if (tail.startsWith('m')) return attached ? module(tail.slice(1), at + 1) : module(words[at + 1], at + 2);
    if (!attached) at++; // the next word is the value of -W or -X
  }
  return null;
}

const module = (name: string | undefined, next: number): PythonRun | null =>
  name === undefined ? null : { kind: 'module', name, next };

const script = (words: readonly string[], at: number): PythonRun | null => {
  const name = words[at];
  return name === undefined || name === '-' ? null : { kind: 'script', name, next: at + 1 };
};
