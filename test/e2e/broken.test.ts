// A bug of ours, provoked from outside: an exception that nobody catches. Whatever it is, no engine is left behind.
import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { afterEach, expect, test } from 'vitest';

import { nothingLeft, openGroup } from './support/group.ts';
import { until } from './support/outside.ts';
import { endAll, newFolder, start } from './support/start.ts';

afterEach(endAll);

const preload = fileURLToPath(new URL('../programs/breaks.js', import.meta.url));

/** The environment of a launcher that can be broken, and what breaks it. */
function breakable() {
  const when = join(newFolder(), 'break');
  return {
    env: { NODE_OPTIONS: `--import=${preload}`, BREAKS: when },
    breakNow: (times: number) => {
      writeFileSync(`${when}.new`, String(times));
      renameSync(`${when}.new`, when);
    },
  };
}

test('the group ends for it, in order, with 70 in both members', async () => {
  const { env, breakNow } = breakable();
  const group = await openGroup({ envOf: (rank) => (rank === 1 ? env : {}) });
  await group.ready();
  breakNow(1);
  expect(await group.codes()).toEqual([70, 70]);
  await group.nothingLeft();
  const [first, second] = group.messages();
  expect(first).toMatchObject({ code: 70, decidedBy: 'launcher', cause: { kind: 'internal', rank: 1 } });
  expect(first?.cause?.message).toMatch(/internal error in the launcher of rank 1 .*: broken 1; please report it/);
  expect(second?.cause).toEqual(first?.cause);
});

test('what breaks again while it stops kills its engine at once, deaf or not', async () => {
  const { env, breakNow } = breakable();
  const group = await openGroup({
    options: ['--rehearsal-fault', '1:ignore-term', '--grace', '60s'],
    envOf: (rank) => (rank === 1 ? env : {}),
  });
  await group.ready();
  breakNow(2);
  expect((await group.members[1]?.ended(5_000))?.code).toBe(70);
  expect(group.engines(1)).toEqual([]);
  expect(group.members[1]?.stderr()).toMatch(/cannot stop in order: internal error: broken 2/);
  expect(await group.codes()).toEqual([70, 70]);
  await group.nothingLeft();
});

test.each([1, 2])('exec takes its child with it (%i)', async (times) => {
  const { env, breakNow } = breakable();
  const script = `console.log('up'); process.on('SIGTERM', () => process.exit(0)); setInterval(() => {}, 1000);`;
  const exec = start(['exec', '--', process.execPath, '-e', script], { env });
  await until('the child is up', () => exec.stdout().includes('up'));
  breakNow(times);
  expect(await exec.ended()).toEqual({ code: 70, signal: null });
  expect(exec.stderr()).toMatch(/internal error.*broken 1.*please report it/);
  await nothingLeft(exec.folder);
});

test.each([['plan'], ['exec']])('what cannot be called off does not hold the end of %s', async (command) => {
  const stays = fileURLToPath(new URL('../programs/stays.js', import.meta.url));
  const held = start([command, '--', process.execPath, '--version'], { env: { NODE_OPTIONS: `--import=${stays}` } });
  expect(await held.ended(10_000)).toEqual({ code: 0, signal: null });
  expect(held.stdout().length).toBeGreaterThan(5);
});
