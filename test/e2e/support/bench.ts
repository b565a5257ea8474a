// A folder for one test file: programs on PATH that leave a trace when they run, and downward API volumes.
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export type Bench = {
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
  /** Tells whether `vllm` ran in that folder. */
  readonly ran: (ranIn: string) => boolean;
  /** Writes a file and returns its path. */
  readonly file: (name: string, text: string, mode?: number) => string;
  /** Writes a volume of the downward API and returns its folder. */
  readonly podinfo: (name: string, annotations: string, labels?: string) => string;
  readonly remove: () => void;
};

/** Makes the folder; `vllm` on its PATH leaves a file where it ran, and ends with 0. */
export function openBench(): Bench {
  const folder = mkdtempSync(join(tmpdir(), 'vllm-launch-e2e-'));
  const file = (name: string, text: string, mode = 0o644) => {
    const path = join(folder, name);
    writeFileSync(path, text, { mode });
    return path;
  };
  mkdirSync(join(folder, 'bin'));
  file('bin/vllm', '#!/bin/sh\n: > ran\n', 0o755);
  return {
    folder,
    env: { PATH: `${join(folder, 'bin')}:${process.env['PATH'] ?? ''}` },
    ran: (ranIn) => existsSync(join(ranIn, 'ran')),
    file,
    podinfo: (name, annotations, labels = '') => {
      mkdirSync(join(folder, name));
      file(join(name, 'annotations'), annotations);
      file(join(name, 'labels'), labels);
      return join(folder, name);
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
