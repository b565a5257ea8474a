import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';

import { buildSync } from 'esbuild';
import { afterAll } from 'vitest';

const folders: string[] = [];
afterAll(() => folders.splice(0).forEach((folder) => rmSync(folder, { recursive: true })));

/** Returns the path of a program of test/programs as one file that a bare node runs; it goes when the test file has ended. */
export function bundle(entry: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'vllm-launch-test-'));
  folders.push(folder);
  const outfile = join(folder, `${basename(entry, '.ts')}.cjs`);
  buildSync({ entryPoints: [join('test/programs', entry)], outfile, bundle: true, platform: 'node', format: 'cjs' });
  return outfile;
}
