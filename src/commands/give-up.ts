// The end that nobody planned: text that cannot be written, or a bug of ours.
import { exitCode } from '#core/errors.ts';

import { write } from './output.ts';

/** Says on stderr why nothing goes on and resolves to the exit status: 74 where output failed, else 70, our bug. */
export async function giveUp(error: unknown, withStack: boolean): Promise<number> {
  const { code = '', syscall = '' } = (error ?? {}) as NodeJS.ErrnoException;
  const output = syscall === 'write';
  const message = error instanceof Error ? error.message : String(error);
  const line = output
    ? `cannot write the output: ${message}; look for a full disk or a reader that went away`
    : `cannot go on: internal error: ${message.replaceAll('\n', ' ')}; please report it, with the output of --log-level debug`;
  // A reader that goes away early, as head does, is no news to anybody.
  if (code !== 'EPIPE')
    await say(`vllm-launch: ${line}\n${withStack && error instanceof Error ? `${error.stack}\n` : ''}`);
  return exitCode(output ? 'io' : 'internal');
}

async function say(text: string): Promise<void> {
  try {
    await write('stderr', text);
  } catch {
    // There is nobody left to tell; the exit status still says it.
  }
}
