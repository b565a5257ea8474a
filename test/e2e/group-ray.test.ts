// The Ray outcome on two hosts with a real Ray, and the rehearsal engine in place of vLLM. VLLM_ENGINES names the venv.
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { afterEach, describe, expect, test } from 'vitest';

import { messageAt } from './support/group.ts';
import { noLab, openLab } from './support/lab.ts';
import type { Lab, LaunchMore } from './support/lab.ts';
import { until } from './support/outside.ts';
import { endAll } from './support/start.ts';
import type { Started } from './support/start.ts';

const { VLLM_ENGINES } = process.env;
const missing = noLab ?? (VLLM_ENGINES === undefined ? 'VLLM_ENGINES names no real Ray' : null);

let lab: Lab | null = null;
const beside: ChildProcess[] = [];
afterEach(() => {
  for (const child of beside.splice(0)) child.kill('SIGKILL');
  lab?.down();
  lab = null;
  endAll();
});

const env = { PATH: `${VLLM_ENGINES}/bin:${process.env['PATH']}` };
const ray = ['--executor', 'ray', '--ray-nodes-timeout', '60s'];

function launchBoth(at: Lab, more: (rank: number) => LaunchMore = () => ({})): readonly Started[] {
  return [0, 1].map((rank) => {
    const { options = [], ...rest } = more(rank);
    return at.launch(rank, { env, options: [...ray, ...options], ...rest });
  });
}

const codes = (launchers: readonly Started[]) =>
  Promise.all(launchers.map(async (each) => (await each.ended(90_000)).code));
const causes = (at: Lab) => [0, 1].map((rank) => messageAt(at.message(rank))?.cause?.message ?? '');
const titleOf = (pid: number) => {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'latin1').replaceAll('\0', ' ');
  } catch {
    return ''; // it ended while we looked
  }
};
const find = (at: Lab, node: number, part: string) => at.pids(node).find((pid) => titleOf(pid).includes(part));

/** Runs something of a stranger's on a node until it has said a word. */
async function stranger(at: Lab, node: number, words: readonly string[], word: string): Promise<void> {
  const [program = '', ...rest] = [...at.on(node), ...words];
  const child = spawn(program, rest, { env, stdio: ['ignore', 'pipe', 'inherit'] });
  beside.push(child);
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  await until(word, () => said.includes(word));
}

describe.skipIf(missing !== null)(`Ray on several hosts${missing === null ? '' : ` (${missing})`}`, () => {
  test('a stop in the middle of assembling ends all with 0, and leaves no process and no folder', async () => {
    const at = (lab = openLab(2));
    const launchers = launchBoth(at);
    const head = await until('the head', () => find(at, 0, ' start --head '));
    const folder = /--temp-dir=(\S+)/.exec(titleOf(head))?.[1] ?? '';
    await until("Ray's folder", () => existsSync(folder));
    launchers[1]?.signal('SIGTERM');
    expect(await codes(launchers)).toEqual([0, 0]);
    expect([...at.pids(0), ...at.pids(1), existsSync(folder)]).toEqual([false]);
  });

  test('a GCS that dies while the nodes come together ends all with the same cause', async () => {
    const at = (lab = openLab(2));
    const launchers = launchBoth(at);
    await until('the agent', () => find(at, 1, ' start --address='));
    const gcs = await until('the GCS', () => find(at, 0, '/gcs_server '));
    process.kill(gcs, 'SIGKILL');
    expect(await codes(launchers)).toEqual([79, 79]);
    expect(causes(at)).toEqual(Array.from({ length: 2 }, () => expect.stringContaining('gcs_server') as string));
    expect([...at.pids(0), ...at.pids(1)]).toEqual([]);
  });

  test('a GCS that hangs ends all at the deadline, with what it waited for', async () => {
    const at = (lab = openLab(2));
    const launchers = launchBoth(at, () => ({ options: ['--ray-nodes-timeout', '8s', '--grace', '3s'] }));
    const gcs = await until('the GCS', () => find(at, 0, '/gcs_server '));
    process.kill(gcs, 'SIGSTOP');
    expect(await codes(launchers)).toEqual([69, 69]);
    for (const cause of causes(at)) expect(cause).toMatch(/Ray is not complete within the ray-nodes deadline \(8s\)/);
    expect([...at.pids(0), ...at.pids(1)]).toEqual([]);
  });

  test.each([
    [
      'another service',
      [process.execPath, 'test/programs/answers-http.js', '6379'],
      'listens',
      /is taken by somebody else \(it is not Ray but speaks HTTP/,
    ],
    [
      'the Ray of a stranger',
      [
        'ray',
        'start',
        '--head',
        '--block',
        '--node-ip-address=10.77.0.10',
        '--num-cpus=1',
        '--include-dashboard=false',
      ],
      'Ray runtime started',
      /is taken by another Ray head/,
    ],
  ])(
    'the port of the head in the hands of %s is said at once, and nothing is taken from it',
    async (_, words, word, says) => {
      const at = (lab = openLab(2));
      const temp = words[0] === 'ray' ? [`--temp-dir=${join(at.folder, 'r')}`] : [];
      await stranger(at, 0, [...words, ...temp], word);
      const theirs = at.pids(0).length;
      expect(await codes(launchBoth(at))).toEqual([71, 71]);
      for (const cause of causes(at)) expect(cause).toMatch(says);
      expect(at.pids(0).length).toBeGreaterThanOrEqual(theirs);
      expect(at.pids(1)).toEqual([]);
    },
  );

  test('a real head of a stranger is refused with 78 before anything starts where the launcher is in a pod', async () => {
    const at = (lab = openLab(2));
    const words = ['ray', 'start', '--head', '--block', '--node-ip-address=10.77.0.10', '--num-cpus=1'];
    const temp = [`--temp-dir=${join(at.folder, 'r')}`, '--include-dashboard=false'];
    await stranger(at, 0, [...words, ...temp], 'Ray runtime started');
    const inPod = { ...env, KUBERNETES_SERVICE_HOST: '10.96.0.1' };
    const launcher = at.launch(0, { env: inPod, options: ray });
    expect((await launcher.ended(90_000)).code).toBe(78);
    expect(launcher.stderr()).toContain('a Ray head that this launcher did not start answers at 127.0.0.1:6379');
  });

  test('a Ray of another version is refused in the hello, and its leader goes on waiting', async () => {
    const at = (lab = openLab(2));
    const older = join(at.folder, 'older', 'ray-2.48.0.dist-info');
    await mkdir(older, { recursive: true });
    await writeFile(join(older, 'METADATA'), 'Metadata-Version: 2.1\nName: ray\nVersion: 2.48.0\n');
    const [leader, worker] = launchBoth(at, (rank) =>
      rank === 0 ? {} : { env: { ...env, PYTHONPATH: join(at.folder, 'older') } },
    );
    expect((await worker?.ended())?.code).toBe(76);
    expect(messageAt(at.message(1))?.cause?.message).toMatch(/ray version.*2\.48\.0/);
    expect(find(at, 0, ' start --head ')).toBeUndefined();
    leader?.signal('SIGTERM');
    expect((await leader?.ended())?.code).toBe(0);
  });
});
