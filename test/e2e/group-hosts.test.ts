// Nodes with names and addresses of their own: what one machine's loopback cannot show.
import { afterEach, describe, expect, test } from 'vitest';

import { messageAt } from './support/group.ts';
import { noLab, openLab } from './support/lab.ts';
import type { Lab } from './support/lab.ts';
import { until } from './support/outside.ts';
import { endAll } from './support/start.ts';

let lab: Lab | null = null;
afterEach(() => {
  lab?.down();
  lab = null;
  endAll();
});

const phaseOf = (at: Lab, name: string | number) => messageAt(at.message(name))?.phase;

const ready = (at: Lab, ranks: readonly number[]) =>
  until(
    () => `ready: ${ranks.map((rank) => phaseOf(at, rank)).join()}`,
    () => ranks.every((rank) => phaseOf(at, rank) === 'ready'),
  );

describe.skipIf(noLab !== null)(`on several hosts${noLab === null ? '' : ` (${noLab})`}`, () => {
  test('a group starts, and SIGTERM to one launcher ends both with 0 and leaves nothing on either node', async () => {
    const at = (lab = openLab(2));
    const launchers = [at.launch(0), at.launch(1)];
    await ready(at, [0, 1]);
    launchers[1]?.signal('SIGTERM');
    expect(await Promise.all(launchers.map(async (each) => (await each.ended()).code))).toEqual([0, 0]);
    expect([...at.pids(0), ...at.pids(1)]).toEqual([]);
  });

  test('a cut link: both leave with 75 within seven seconds, each naming the other', async () => {
    const at = (lab = openLab(2));
    const launchers = [at.launch(0, { options: ['--grace', '1s'] }), at.launch(1, { options: ['--grace', '1s'] })];
    await ready(at, [0, 1]);
    const begun = performance.now();
    at.cut(1);
    await until('both stop', () => [0, 1].every((rank) => (phaseOf(at, rank) ?? 'ready') !== 'ready'));
    expect(performance.now() - begun).toBeLessThan(7_000);
    expect(await Promise.all(launchers.map(async (each) => (await each.ended()).code))).toEqual([75, 75]);
    for (const rank of [0, 1]) {
      const other = { kind: 'peer-lost', rank: 1 - rank, host: `node-${1 - rank}` };
      expect(messageAt(at.message(rank))).toMatchObject({ code: 75, name: 'peer-lost', cause: other });
    }
    expect([...at.pids(0), ...at.pids(1)]).toEqual([]);
  });

  test('a rank that a live member of another host holds is refused with 78, and the member lives on', async () => {
    const at = (lab = openLab(4, 3));
    const launchers = [at.launch(0), at.launch(1)];
    await until('both wait', () => [0, 1].every((rank) => phaseOf(at, rank) === 'joining'));
    await until('rank 1 is in', () => /missing rank 2/.test(launchers[0]?.stderr() ?? ''));
    const second = at.launch(1, { node: 3, name: 'second' });
    expect((await second.ended()).code).toBe(78);
    expect(messageAt(at.message('second'))).toMatchObject({
      code: 78,
      cause: { message: expect.stringMatching(/rank 1 is taken by a live member on node-1/) as string },
    });
    expect(at.pids(3)).toEqual([]);
    expect(phaseOf(at, 1)).toBe('joining');
    launchers[0]?.signal('SIGTERM');
    launchers[1]?.signal('SIGTERM');
    for (const each of launchers) expect((await each.ended()).code).toBe(0);
  });
});
