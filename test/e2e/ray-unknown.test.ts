// A Ray that is newer than we know: two launchers with addresses of their own, in one network namespace.
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterEach, describe, expect, test } from 'vitest';

import { messageAt } from './support/group.ts';
import { noLab } from './support/lab.ts';
import { engines, until } from './support/outside.ts';
import { endAll, finish, newFolder, start } from './support/start.ts';
import type { Started } from './support/start.ts';

let network: ChildProcess | null = null;
afterEach(() => {
  endAll();
  network?.kill('SIGKILL');
  network = null;
});

const hosts = ['10.77.0.10', '10.77.0.11'] as const;
const ports = { ray: 26_379, group: 26_441, status: 26_440 };

/** Opens a network of its own with both addresses; the words that enter it. */
async function openNetwork(): Promise<readonly string[]> {
  const addresses = hosts.map((host) => `ip address add ${host}/32 dev lo`).join(' && ');
  const script = `ip link set lo up && ${addresses} && echo up && exec sleep 600`;
  network = spawn('unshare', ['--net', 'sh', '-c', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(network.stdout ?? network, 'data');
  return ['nsenter', '--target', String(network.pid), '--net', '--'];
}

type Group = { readonly ranks: readonly Started[]; readonly message: (rank: number) => string; readonly nodes: string };

function launch(through: readonly string[], env: Readonly<Record<string, string>>, more: readonly string[]): Group {
  const programs = newFolder();
  copyFileSync('test/programs/newer-ray.js', join(programs, 'ray'));
  writeFileSync(join(programs, 'vllm'), '#!/bin/sh\necho "the engine runs with $RAY_ADDRESS"\nexec sleep 600\n');
  for (const name of ['ray', 'vllm']) chmodSync(join(programs, name), 0o755);
  const nodes = newFolder();
  const message = (rank: number) => join(nodes, `.message-${rank}`);
  const words = (rank: number) => [
    ...['run', '--nnodes', '2', '--node-rank', String(rank), '--leader', `${hosts[0]}:${ports.group}`],
    ...['--executor', 'ray', '--gpus-per-node', '1', '--ray-port', String(ports.ray), '--podinfo', '/nonexistent'],
    ...['--group-port', String(ports.group + rank), '--status-port', String(ports.status - rank)],
    ...['--termination-log', message(rank), ...more, '--', 'vllm', 'serve', 'tiny', '-tp', '2'],
  ];
  const path = { PATH: `${programs}:${process.env['PATH']}`, NEWER_RAY: nodes };
  const ranks = hosts.map((host, rank) =>
    start(words(rank), { through, env: { ...path, ...env, VLLM_HOST_IP: host } }),
  );
  return { ranks, message, nodes };
}

const outputOf = (started: Started | undefined): string => `${String(started?.stdout())}${started?.stderr()}`;
const timesIn = (text: string, sign: string): number => text.split(sign).length - 1;

describe.skipIf(noLab !== null)(`a GCS that cannot be read${noLab === null ? '' : ` (${noLab})`}`, () => {
  test('is warned of once on each node, and the engine starts when `ray status` counts all', async () => {
    const through = await openNetwork();
    const { ranks, message } = launch(through, {}, []);
    await until(
      () => ranks.map(outputOf).join('\n'),
      () => outputOf(ranks[0]).includes(`the engine runs with ${hosts[0]}:${ports.ray}`),
    );
    const [leader, worker] = ranks.map(outputOf);
    for (const output of [leader, worker])
      expect(timesIn(output ?? '', 'cannot read the id of its cluster from the GCS of this Ray: error 12')).toBe(1);
    expect(leader).toContain('`ray status` is asked instead');
    expect(worker).toContain('it is asked only whether it serves');
    const asked = await Promise.all(
      ranks.map((_, rank) =>
        finish(['status', '--address', `127.0.0.1:${ports.status - rank}`, '--json'], { through }),
      ),
    );
    expect(asked.map(({ stdout }) => (JSON.parse(stdout) as { ray: { means: string } }).ray.means)).toEqual([
      'cli',
      'health',
    ]);
    ranks[0]?.signal('SIGTERM');
    expect(await Promise.all(ranks.map(async (rank) => (await rank.ended()).code))).toEqual([0, 0]);
    expect(ranks.flatMap(({ folder }) => engines(folder))).toEqual([]);
    expect([0, 1].map((rank) => messageAt(message(rank))?.code)).toEqual([0, 0]);
  });

  test('and whose `ray status` says nothing either ends with all that was tried', async () => {
    const { ranks, message } = launch(await openNetwork(), { NEWER_RAY_STATUS: 'fails' }, [
      '--ray-nodes-timeout',
      '8s',
    ]);
    expect((await ranks[0]?.ended())?.code).toBe(69);
    expect(messageAt(message(0))?.cause?.message).toMatch(
      /ray-nodes deadline \(8s\): `ray status`: exit code 1: .+; cannot read the id of its cluster from the GCS of this Ray: error 12: unknown method/,
    );
    await ranks[1]?.ended();
    expect(ranks.flatMap(({ folder }) => engines(folder))).toEqual([]);
  });

  test('a `ray status` that hangs is gone with its launcher', async () => {
    const { ranks, nodes } = launch(await openNetwork(), { NEWER_RAY_STATUS: 'hangs' }, []);
    const asked = join(nodes, '.asked');
    await until('ray status was asked', () => readFileSync(asked, { encoding: 'utf8', flag: 'a+' }) !== '');
    ranks[0]?.signal('SIGTERM');
    expect((await ranks[0]?.ended())?.code).toBe(0);
    await until('nothing is left', () => engines(ranks[0]?.folder ?? '').length === 0, 5_000);
    await ranks[1]?.ended();
  });
});
