// COMPOSITION ROOT: words -> command -> its story -> exit status. It alone reads process.argv and env and sets process.exitCode.
import type { Command, Parsed } from '#cli/command.ts';
import { quickWords } from '#cli/quick.ts';
import type { CommandOf, Context, Story } from '#commands/context.ts';
import { giveUp } from '#commands/give-up.ts';
import { terminalWidth, write } from '#commands/output.ts';
import { endOnSignal } from '#commands/signals.ts';
import type { SignalQueue } from '#commands/signals.ts';
import { exitCode } from '#core/errors.ts';
import { renderProblem } from '#core/report/problem-text.ts';

/** Each story is imported when it is told; what it needs comes with it. */
const stories: { readonly [K in Command['kind']]: () => Promise<Story<K>> } = {
  run: async () => (await import('#commands/run.ts')).run,
  plan: async () => (await import('#commands/plan.ts')).plan,
  check: async () => (await import('#commands/check.ts')).check,
  exec: async () => (await import('#commands/exec.ts')).exec,
  local: async () => (await import('#commands/local.ts')).local,
  status: async () => (await import('#commands/status.ts')).status,
  probe: async () => (await import('#commands/probe.ts')).probe,
  explain: async () => (await import('#commands/explain.ts')).explain,
  webhook: async () => (await import('./tools.js')).webhook,
  completion: async () => (await import('./tools.js')).completion,
};

/** Stories that start processes or serve answer signals themselves. */
const listening: readonly Command['kind'][] = ['run', 'exec', 'local', 'webhook'];

// All is said and closed by then; what can still be open is a question to the resolver, which nobody can call off.
const lingerMs = 500;

/** Does what the words of this process say and sets its exit status; never throws. */
export async function main(signals: SignalQueue): Promise<void> {
  const env = process.env as Readonly<Record<string, string>>;
  const context: Context = {
    program: [process.execPath, process.argv[1] ?? ''],
    env,
    signals,
    stdout: (text) => write('stdout', text),
    stderr: (text) => write('stderr', text),
    readYaml: async (text) => (await import('./tools.js')).parseYaml(text),
    terminalWidth,
  };
  const words = process.argv.slice(2);
  try {
    const parsed = quickWords(words, env) ?? (await (await import('#cli/parse.ts')).parseWords(words, env));
    process.exitCode = await answer(parsed, context);
  } catch (error) {
    process.exitCode = await giveUp(error, words.includes('debug') || env['VLLM_LAUNCH_LOG_LEVEL'] === 'debug');
  }
  setTimeout(() => process.exit(), lingerMs).unref();
}

async function answer(parsed: Parsed, context: Context): Promise<number> {
  if (parsed.kind === 'command') return await tell(parsed.command, context);
  if (parsed.kind === 'print') await context.stdout(parsed.text);
  else await context.stderr(parsed.problems.map(renderProblem).join(''));
  return parsed.kind === 'print' ? parsed.code : exitCode('usage');
}

async function tell<K extends Command['kind']>(command: CommandOf<K>, context: Context): Promise<number> {
  if (!listening.includes(command.kind)) endOnSignal(context.signals);
  const story = await stories[command.kind]();
  return await story(command as never, context);
}
