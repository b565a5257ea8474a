import { expect, test } from 'vitest';

import { factLines } from '#core/check/fact-lines.ts';
import { ok, refused, warning } from '#core/check/line.ts';
import { checkDocument, checkLines, renderCheck } from '#core/check/report.ts';
import type { Asked } from '#core/check/question.ts';

import { bareFacts } from '../bare-facts.ts';
import { dynamoWorker, gpus, planFor, rayFacts, rayLeader, serve, version } from '../plan/plan-for.ts';

const fine = ok('port', 'port 1 (x) is free');
const odd = warning('clock', 'the clock\nis odd', 'set it');
const full = refused('shm', 'os', 'no room', 'make some');
const absent = refused('plan', 'not-found', 'cannot run "x"', '');

test.each([
  [[fine], 0, 'ok    port 1 (x) is free\nrun would start\n'],
  [[fine, odd], 0, 'ok    port 1 (x) is free\nwarn  the clock is odd; set it\nrun would start (1 warning)\n'],
  [
    [absent, full],
    127,
    'FAIL  cannot run "x"\nFAIL  no room; make some\nrun would fail with 127 (not-found): 2 refusals\n',
  ],
  [
    [odd, odd, full],
    71,
    'warn  the clock is odd; set it\nwarn  the clock is odd; set it\nFAIL  no room; make some\nrun would fail with 71 (os): 1 refusal, 2 warnings\n',
  ],
])('%#: the first refusal decides the exit status', (lines, code, text) => {
  expect(renderCheck(lines)).toBe(text);
  expect(checkDocument(lines).code).toBe(code);
});

test('the document has each line with the exit status that it stands for', () => {
  expect(checkDocument([fine, full])).toEqual({
    schema: 1,
    code: 71,
    name: 'os',
    lines: [
      { level: 'ok', about: 'port', message: 'port 1 (x) is free', hint: null, name: null, code: null },
      { level: 'refused', about: 'shm', message: 'no room', hint: 'make some', name: 'os', code: 71 },
    ],
  });
});

const executable = { found: true, word: 'vllm', path: '/bin/vllm' } as const;
const known = { executable, gpus: gpus(8), vllm: version('0.31.0') };
const told = (lines: ReturnType<typeof factLines>) => lines.map(({ level, message }) => `${level}: ${message}`);

test.each([
  [
    planFor({ facts: known }),
    known,
    ['ok: the command is /bin/vllm', 'ok: vLLM 0.31.0 (vllm-0.31.0.dist-info)', 'ok: 8 GPUs (NVIDIA_VISIBLE_DEVICES)'],
  ],
  [
    planFor({ words: dynamoWorker() }),
    { gpus: gpus(1, { model: 'H100' }), model: { path: '/m', present: true } },
    [
      "warning: the version of Dynamo is not known: no dist-info beside the command's Python tells it",
      "warning: the version of vLLM is not known: no dist-info beside the command's Python tells it",
      'ok: 1 H100 GPU (NVIDIA_VISIBLE_DEVICES)',
      'ok: model path "/m" is there',
    ],
  ],
  [
    rayLeader(),
    { ...known, ...rayFacts, gpus: gpus(2, { devices: false, source: '--gpus-per-node' }) },
    [
      'ok: the command is /bin/vllm',
      'ok: ray is /opt/venv/bin/ray',
      'ok: vLLM 0.31.0 (vllm-0.31.0.dist-info)',
      'ok: Ray 2.60.0 (ray-2.60.0.dist-info)',
      'ok: 2 GPU or worker slots (--gpus-per-node)',
    ],
  ],
  [
    planFor({ options: { rehearse: true } }),
    { ...known, gpus: null },
    ['ok: the rehearsal engine runs in place of the real one', 'warning: no GPU of this node is known'],
  ],
  [
    planFor({}),
    { ...known, gpus: gpus(0), model: { path: '/m', present: false } },
    [
      'ok: the command is /bin/vllm',
      'ok: vLLM 0.31.0 (vllm-0.31.0.dist-info)',
      'warning: 0 GPUs (NVIDIA_VISIBLE_DEVICES)',
    ],
  ],
  [planFor({ words: ['x'] }), { executable: { found: false, word: 'x', why: 'not-found' } as const }, []],
])('%#: a line for what was found out', (plan, facts, expected) =>
  expect(told(factLines(bareFacts(facts), plan))).toEqual(expected),
);

test('what the plan refuses comes first, what it warns of last', () => {
  const missing = { executable: { found: false, word: 'vllm', why: 'not-found' } as const };
  const plan = planFor({ words: serve('--port', '9440'), facts: missing });
  const port = (use: string): Asked => ({
    question: { kind: 'ports', use, ports: [9_440], host: null, option: '--x', needed: true },
    answer: [],
  });
  const lines = checkLines(bareFacts(missing), plan, [port('a'), port('b')]);
  expect(lines[0]).toMatchObject({ level: 'refused', name: 'not-found' });
  expect(lines.filter(({ message }) => message.includes('is free'))).toHaveLength(2);
  expect(lines.at(-1)).toMatchObject({ level: 'warning', about: plan.document.warnings.at(-1)?.code });
});
