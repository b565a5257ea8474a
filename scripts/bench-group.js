// How long from a fault to SIGTERM at every member's engine, measured by the engine itself and the clock of this script.
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { launcher, openLab, until } from './group-lab.js';

const engine = fileURLToPath(new URL('bench-engine.js', import.meta.url));
const rounds = 5;
const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

const kill = (rank, which) => (lab) =>
  process.kill(Number(readFileSync(join(lab.folder, `e${rank}.pids`), 'utf8').split(' ')[which]), 'SIGKILL');

// The bare engine's figures are those of real-engines.md section 3, seen again by scripts/observe.js on this kind of machine.
const faults = [
  { name: "a worker's VLLM::Worker dies", perform: kill(1, 1), limitMs: 300, bare: 'leader unaware for 330 s' },
  { name: "the worker's top process dies", perform: kill(1, 0), limitMs: 300, bare: 'leader unaware for 120 s' },
  { name: "the leader's VLLM::Worker dies", perform: kill(0, 1), limitMs: 300, bare: 'worker unaware for 120 s' },
  { name: "the leader's top process dies", perform: kill(0, 0), limitMs: 300, bare: 'worker unaware for 120 s' },
  { name: 'the link is cut', perform: (lab) => lab.cut(1), limitMs: 5_500, bare: '302 s, and only with a request' },
];

/** Returns a row for each fault; needs root for the namespaces. */
export async function groupRows() {
  const rows = [];
  for (const fault of faults) {
    const times = [];
    for (let round = 0; round < rounds; round += 1) times.push(await once(fault));
    const [mid, worst] = [median(times), Math.max(...times)];
    rows.push([
      `SIGTERM at all: ${fault.name}`,
      `${mid.toFixed(0)} ms (worst ${worst.toFixed(0)})`,
      `bare: ${fault.bare}`,
      `<= ${fault.limitMs} ms`,
    ]);
  }
  return rows;
}

async function once({ perform }) {
  const lab = openLab(`vb${process.pid % 10_000}`, 2);
  try {
    for (const node of [0, 1]) startNode(lab, node);
    for (const node of [0, 1]) {
      await until('ready', 30_000, () => lab.http(`http://10.77.0.${10 + node}:9440/readyz`)?.status === 200);
    }
    // The title is seen at the next whole look.
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    const begun = process.hrtime.bigint();
    perform(lab);
    return await allTold(lab, begun);
  } finally {
    lab.down();
  }
}

function startNode(lab, node) {
  const place = ['--nnodes', '2', '--node-rank', String(node), '--leader', '10.77.0.10', '--gpus-per-node', '1'];
  const words = [process.execPath, engine, '--tensor-parallel-size', '2'];
  lab.start(node, `l${node}`, [process.execPath, launcher, 'run', ...place, '--engine', 'vllm', '--', ...words], {
    BENCH_OUT: lab.folder,
    BENCH_NAME: `e${node}`,
  });
}

/** The ms until SIGTERM stood at every engine that still lived. */
async function allTold(lab, begun) {
  const told = (node) => join(lab.folder, `e${node}.term`);
  const dead = (node) => !existsSync(`/proc/${readFileSync(join(lab.folder, `e${node}.pids`), 'utf8').split(' ')[0]}`);
  await until(
    'SIGTERM at every engine',
    30_000,
    () => [0, 1].every((node) => existsSync(told(node)) || dead(node)),
    20,
  );
  const times = [0, 1]
    .filter((node) => existsSync(told(node)))
    .map((node) => Number(BigInt(readFileSync(told(node), 'utf8')) - begun) / 1e6);
  for (const node of [0, 1]) rmSync(told(node), { force: true });
  return Math.max(...times);
}
