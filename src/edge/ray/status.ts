import type { ProcessSpec } from '#core/plan/plan.ts';
import { maskValues } from '#core/secret.ts';
import { printable } from '#core/text.ts';
import { childEnv } from '#edge/processes/child-env.ts';
import { readStatus } from '#upstream/ray/status-text.ts';
import type { ReadStatus } from '#upstream/ray/status-text.ts';

import { askProgram } from './program.ts';

// A second of Python as a rule; with a head that is gone it would wait for 40 s and more.
const bounds = { timeoutMs: 15_000, maxBytes: 262_144 };
const lastWords = 200;

/** Returns what Ray's own program says of its cluster within 15 s or until it is called off, or why it does not; never throws. */
export async function askStatus(
  { argv, env: planned }: Pick<ProcessSpec, 'argv' | 'env'>,
  own: Readonly<Record<string, string>>,
  over: AbortSignal,
): Promise<ReadStatus> {
  const env = childEnv(own, planned);
  const { stdout, stderr, why } = await askProgram(argv, { ...bounds, env, over });
  if (why === null) return readStatus(stdout);
  const last = stderr.trimEnd().split('\n').at(-1)?.trim() ?? '';
  const said = last === '' ? '' : `: ${printable(maskValues(last, env), lastWords)}`;
  return { kind: 'unreadable', reason: `${why}${said}` };
}
