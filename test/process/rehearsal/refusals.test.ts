import { createServer } from 'node:net';

import { expect, onTestFinished, test } from 'vitest';

import { freePort, startEngine } from './engine.ts';

test.each([
  [2, ['serve', 'tiny', '--no-such-option'], /unrecognized arguments: --no-such-option/],
  [2, ['serve', 'tiny', '--tensor-parallel-size', 'many'], /--tensor-parallel-size/],
  [2, ['-m', 'dynamo.vllm', '--model', 'tiny', '--nope'], /--nope/],
  [1, ['serve', 'tiny', '-tp', '2', '--nnodes', '2', '--node-rank', '2'], /--node-rank/],
  [1, ['serve', 'tiny', '-tp', '2', '--nnodes', '2', '--node-rank', '1'], /follower node/],
  [1, ['serve', '/no/such/model'], /\/no\/such\/model/],
  [1, ['serve', './no-such-model'], /\.\/no-such-model/],
  [2, ['play'], /neither/],
  [2, ['be', 'worker'], /its own children/],
])('ends with %i for %j and says why', async (status, words, why) => {
  const engine = startEngine(words);
  expect(await engine.ended).toBe(status);
  expect(engine.output()).toMatch(why);
});

test.each([
  ['explode', /"explode" of REHEARSAL_FAULT: no such fault; known are die-at-start, /],
  ['die-after', /"die-after" of REHEARSAL_FAULT: it needs a duration: die-after=5s/],
  ['die-after=5', /"die-after=5" of REHEARSAL_FAULT: a duration is written 250ms/],
  ['never-ready=5s', /"never-ready=5s" of REHEARSAL_FAULT: it takes no duration/],
  ['hang@one', /"hang@one" of REHEARSAL_FAULT/],
  ['constructor', /"constructor" of REHEARSAL_FAULT/],
])('the fault %s is refused with 2 and what to write', async (fault, why) => {
  const engine = startEngine(['serve', 'tiny'], { REHEARSAL_FAULT: fault });
  expect(await engine.ended).toBe(2);
  expect(engine.output()).toMatch(why);
});

test.each(['fast', '-1', '11'])('REHEARSAL_PACE=%s is refused with 2', async (pace) => {
  const engine = startEngine(['serve', 'tiny'], { REHEARSAL_PACE: pace });
  expect(await engine.ended).toBe(2);
  expect(engine.output()).toContain(`REHEARSAL_PACE=${pace}`);
});

test('a taken HTTP port is noticed at the start, with 1', async () => {
  const port = await freePort();
  const other = createServer().listen(port);
  onTestFinished(() => void other.close());
  const engine = startEngine(['serve', 'tiny', '--port', String(port)]);
  expect(await engine.ended).toBe(1);
  expect(engine.output()).toContain('address already in use');
  expect(engine.output()).not.toContain('EngineCore');
});

test.each([[[]], [['--help']], [['serve', '--help']]])('%j prints help that names every fault', async (words) => {
  const engine = startEngine(words);
  expect(await engine.ended).toBe(0);
  expect(engine.output()).toMatch(/die-at-start[^]*leave-children[^]*drain=5s/);
});
