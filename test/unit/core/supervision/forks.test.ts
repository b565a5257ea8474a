// A process that asks a program something forks: for a moment its child has its title. That child's end is nobody's death.
import { describe, expect, test } from 'vitest';

import { seen as judged } from '#core/supervision/scan.ts';
import type { Engine } from '#core/supervision/state.ts';

type Row = { readonly pid: number; readonly startTicks: number; readonly ppid: number; readonly title: string };

const row = (pid: number, ppid: number, title: string): Row => ({ pid, startTicks: pid, ppid, title });
const raylet = '/x/ray/core/src/ray/raylet/raylet';
const family: readonly Row[] = [
  row(1, 0, 'vllm serve model'),
  row(2, 1, 'VLLM::EngineCore_DP0'),
  row(3, 2, 'VLLM::Worker_TP0'),
  row(4, 1, 'VLLM::APIServer_0'),
  row(5, 0, 'ray start --head'),
  row(6, 5, raylet),
  row(7, 6, 'ray::RayWorkerProc.run'),
];

const after = (before: readonly Row[], alive: readonly Row[], whole = false) => {
  const ledger = before.map((entry) => ({ ...entry, top: entry.ppid === 0 }));
  const engine: Engine = { children: [], spawnedMs: 0, ledger, scanning: true, nextQuickMs: 0, nextWholeMs: 0 };
  return judged(engine, { kind: 'processesSeen', epoch: 1, whole, alive, atMs: 5 }).died;
};

describe('a child that is gone with the title of its parent', () => {
  test.each([
    ['VLLM::Worker_TP0', 3],
    ['VLLM::EngineCore_DP0', 2],
    ['VLLM::APIServer_0', 4],
    ['ray::RayWorkerProc.run', 7],
    ['ray::RayWorkerProc', 7],
    [raylet, 6],
  ])('%s below %i was a fork', (title, ppid) => {
    expect(after([...family, row(9, ppid, title)], family)).toBeNull();
    expect(after([...family, row(9, ppid, title)], family, true)).toBeNull();
  });

  test('whose parent died beside it is not the one that is named', () => {
    const forking = [...family, row(9, 3, 'VLLM::Worker_TP0')];
    expect(
      after(
        forking,
        family.filter(({ pid }) => pid !== 3),
      ),
    ).toMatchObject({ pid: 3, beside: [] });
  });
});

test.each(family.filter(({ ppid }) => ppid !== 0))('$title itself is missed', ({ pid }) => {
  const alive = family.filter((each) => each.pid !== pid && each.ppid !== pid);
  expect(after(family, alive)).toMatchObject({ pid });
});

test('titles with a prefix of the user are told apart alike', () => {
  const named = [row(1, 0, 'vllm'), row(2, 1, 'mine::EngineCore'), row(3, 2, 'mine::Worker_TP0')];
  expect(after([...named, row(9, 3, 'mine::Worker_TP0')], named)).toBeNull();
  expect(after(named, named.slice(0, 2))).toMatchObject({ pid: 3 });
});
