// The plan as text: readable files under test/cases/plan-text, rewritten by vitest -u and read before they are kept.
import { expect, test } from 'vitest';

import { maskPlan } from '#core/report/mask-plan.ts';
import { markOurs } from '#core/report/plan-processes.ts';
import { renderPlan } from '#core/report/plan-text.ts';

import { mpWorker, refused, samplePlans, single } from './sample-plans.ts';

const width = 100;

test.each(Object.entries(samplePlans))('the text of %s is as kept', async (name, document) => {
  const text = renderPlan(maskPlan(document, {}), { width });
  await expect(text).toMatchFileSnapshot(`../../../cases/plan-text/${name}.txt`);
});

test('a rehearsal says so in its first line', () => {
  expect(renderPlan(mpWorker, { width: 500, rehearsal: true }).split('\n')[0]).toBe(
    "REHEARSAL: the rehearsal engine runs in place of the real one; it computes nothing. This is node 1 of 2, a worker. One engine spans the nodes, by vLLM's own processes (mp).",
  );
  expect(renderPlan(refused, { width, rehearsal: true })).toMatch(/^REHEARSAL: .*\nREFUSED: /);
  expect(renderPlan(mpWorker, { width })).not.toContain('REHEARSAL');
});

test('what is filled in at the start is explained where it stands in the words of one process', () => {
  const note =
    '(+ is added by vllm-launch; the rest is as given)\n  ({node-address} and {ray-folder} are filled in at the start)';
  const head = {
    name: 'ray-head',
    argv: ['ray', '--temp-dir={ray-folder}'],
    env: { set: {}, unset: [] },
    after: [],
  } as const;
  const processes = [head, ...mpWorker.processes];
  expect(renderPlan({ ...mpWorker, processes }, { width })).toContain(note);
  expect(renderPlan(mpWorker, { width })).not.toContain('filled in');
});

test('where nothing starts there is nothing to say of it', () => {
  expect(renderPlan({ ...mpWorker, processes: [] }, { width })).not.toContain('What starts here');
});

test('problems come first, each with what to do', () => {
  const [first, ...lines] = renderPlan(refused, { width }).split('\n');
  expect(first).toBe('REFUSED: nothing would be started; run would exit with 78 (config). 2 problems:');
  expect(lines.filter((line) => line.startsWith('     do: '))).toHaveLength(2);
});

test.each([60, 80, 120])('at %i columns no line is wider, words of commands, addresses and keys apart', (columns) => {
  for (const document of Object.values(samplePlans)) {
    const wide = renderPlan(document, { width: columns })
      .split('\n')
      .filter((line) => line.length > columns);
    expect(wide.filter((line) => line.trim().split(' ').length > 4)).toEqual([]);
  }
});

test.each([
  ['the same words', ['a', 'b'], ['a', 'b'], '  '],
  ['words behind', ['a', 'b', '--x', '1'], ['a', 'b'], '  ++'],
  ['words before', ['python3', '-m', 'dynamo.vllm', '-m', 'x'], ['-m', 'x'], '+++  '],
  ['words of ours that the user wrote too', ['a', '--x', '--x'], ['a', '--x'], '  +'],
  ['another program in front', ['node', 'r.js', 'serve', 'm', '--y'], ['vllm', 'serve', 'm'], '++  +'],
  ['nothing of the user', ['ray', 'start'], ['vllm', 'serve'], '++'],
  ['no command', ['ray'], [], '+'],
  ['only the last word of the user', ['x', 'm'], ['python3', '-m', 'vllm', 'm'], '+ '],
  ['less than that', ['x', 'y'], ['a', 'b', 'c', 'd', 'y'], '++'],
  ['no words', [], ['a'], ''],
])('of %s it is told which are ours', (_what, argv, given, marks) => {
  expect(
    markOurs(argv, given)
      .map((ours) => (ours ? '+' : ' '))
      .join(''),
  ).toBe(marks);
});

test('what is not known is said, not left out', () => {
  const text = renderPlan(
    { ...single, identity: { ...single.identity, role: null, rank: null, size: null } },
    { width },
  );
  expect(text).toContain('rank and size are not known');
  expect(text).toContain('the number of GPUs is not known');
  expect(text).toContain('no annotations were read');
});
