// Dynamo leaves at once when its engine core dies, before anybody has looked: its own last lines tell who died first.
import { expect, test } from 'vitest';

import { after, core, done, ready } from '../../../world/drive.ts';
import type { Driven } from '../../../world/drive.ts';

const noticed = 'vllm.v1.engine.exceptions.EngineDeadError: EngineCore encountered an issue.';
const causeOf = (driven: Driven) => driven.state.base.verdict?.cause;
const ended = (code: number | null, signal: string | null) =>
  after(ready(), 200, { kind: 'childExited', epoch: 1, name: 'engine', code, signal });
const read = (driven: Driven, ...lines: string[]) => after(driven, 220, { kind: 'tailRead', epoch: 1, lines });

test('what ended by itself and says that its core died is blamed on the core', () => {
  const first = ended(1, null);
  expect(causeOf(first)).toMatchObject({ kind: 'process-died', code: 1, decidedBy: 'engine' });
  expect(done(first, 'readTail')).toHaveLength(1);
  expect(causeOf(read(first, 'INFO x', noticed))).toMatchObject({
    kind: 'process-died',
    process: core.title,
    pid: core.pid,
    code: 79,
    decidedBy: 'launcher',
    lastLines: ['INFO x', noticed],
  });
});

test.each([
  ['says nothing of it', 1, null, 'ValueError: no'],
  ['was killed', null, 'SIGKILL', noticed],
])('what %s died itself', (_, code, signal, line) => {
  const first = ended(code, signal);
  expect(causeOf(read(first, line))).toMatchObject({ process: 'vllm serve model', exitCode: code, signal });
});
