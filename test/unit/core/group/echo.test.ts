import { expect, test } from 'vitest';

import type { Cause } from '#core/group/cause.ts';
import { launcherCause } from '#core/group/cause.ts';
import { isEcho } from '#core/group/echo.ts';

const died = (more: Partial<Cause> = {}) =>
  launcherCause('process-died', 'engine-ended', 'died', { rank: 0, process: 'VLLM::Worker_TP0', pid: 77, ...more });

const gloo =
  '(Worker_TP0 pid=77) RuntimeError: [gloo/transport/tcp/pair.cc:534] Connection closed by peer [10.0.0.2]:5';
const memory = '(Worker_TP0 pid=77) torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2 GiB';

test.each<[string, Cause, string[], boolean]>([
  ['its last words speak of a lost peer', died(), ['(Worker_TP0 pid=77) INFO fine', gloo], true],
  ['it was killed and said nothing', died(), [], false],
  ['another process speaks of a lost peer', died({ pid: 78 }), [gloo], false],
  ['a line that does not tell who wrote it', died(), [gloo.replace('(Worker_TP0 pid=77) ', '')], false],
  ['it told its own trouble first', died(), [memory, gloo], false],
  ['it told its own trouble later, as an echo of the echo', died(), [gloo, memory], true],
  ['its process is not known', died({ pid: null }), [gloo], false],
  ['it was lost, not dead', died({ kind: 'peer-lost' }), [gloo], false],
])('%s', (_, cause, lines, echo) => {
  expect(isEcho(cause, lines)).toBe(echo);
});
