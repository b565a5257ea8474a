// Namespaces as nodes: scripts/lab, where the machine allows it.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

import { newFolder, start } from './start.ts';
import type { Started } from './start.ts';

/** Why there are no namespaces here, or null where there are. */
export const noLab =
  process.env['VLLM_LAUNCH_TEST_LAB'] === '1'
    ? null
    : 'VLLM_LAUNCH_TEST_LAB is not 1: namespaces need root and iproute2';

export type Lab = {
  readonly folder: string;
  /** Starts the launcher of a rank on a node of the same number, or on another one. */
  readonly launch: (rank: number, more?: LaunchMore) => Started;
  /** The words that run something on a node. */
  readonly on: (node: number) => readonly string[];
  readonly pids: (node: number) => readonly number[];
  readonly cut: (node: number) => void;
  readonly message: (name: string | number) => string;
  readonly down: () => void;
};

export type LaunchMore = {
  readonly node?: number;
  readonly options?: readonly string[];
  readonly name?: string;
  readonly env?: Readonly<Record<string, string>>;
};

const script = 'scripts/lab';

/** Makes `nodes` nodes for a group of `size`. */
export function openLab(nodes: number, size = nodes): Lab {
  const prefix = `e${process.pid % 100_000}`;
  const lab = (...words: readonly string[]) => spawnSync(script, words, { encoding: 'utf8' });
  const made = lab('up', prefix, String(nodes));
  if (made.status !== 0) throw new Error(made.stderr);
  const folder = newFolder();
  const message = (name: string | number) => join(folder, `${name}.json`);
  return {
    folder,
    message,
    on: (node) => [join(process.cwd(), script), 'exec', prefix, String(node), '--'],
    launch: (rank, { node = rank, options = [], name = rank, env = {} } = {}) =>
      start(
        [
          ...[
            'run',
            '--nnodes',
            String(size),
            '--node-rank',
            String(rank),
            '--leader',
            'node-0',
            '--gpus-per-node',
            '1',
          ],
          ...['--rehearse', '--podinfo', '/nonexistent', '--termination-log', message(name), ...options],
          ...['--', 'vllm', 'serve', 'tiny', '-tp', String(size)],
        ],
        { env, through: [join(process.cwd(), script), 'exec', prefix, String(node), '--'] },
      ),
    pids: (node) => lab('pids', prefix, String(node)).stdout.split('\n').filter(Boolean).map(Number),
    cut: (node) => void lab('cut', prefix, String(node)),
    down: () => void lab('down', prefix),
  };
}
