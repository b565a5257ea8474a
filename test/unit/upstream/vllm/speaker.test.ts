import { expect, test } from 'vitest';

import { speakerOf } from '#upstream/vllm/speaker.ts';

test.each([
  ['(Worker_TP1 pid=10436) INFO 11-21 10:38:34 [cpu_model_runner.py:69] Starting to load model', 10_436],
  ['(EngineCore_DP0 pid=7) ERROR x', 7],
  ['\u001b[1;36m(APIServer pid=12)\u001b[0;0m INFO x', 12],
  ['(VllmWorker-1 pid=3)', 3],
  ['INFO (Worker_TP1 pid=10436) INFO', null],
  ['(Worker_TP1 pid=) INFO', null],
  ['(Worker_TP1 pid=12345678901) INFO', null],
  ['( pid=5) INFO', null],
  ['Worker_TP1 pid=5 INFO', null],
  ['', null],
])('%j was written by %s', (line, pid) => {
  expect(speakerOf(line)).toBe(pid);
});
