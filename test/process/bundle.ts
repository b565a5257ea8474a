import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';

import { buildSync } from 'esbuild';

/** Returns the path of a program of test/programs as one file that a bare node runs. */
export function bundle(entry: string): string {
  const outfile = join(mkdtempSync(join(tmpdir(), 'vllm-launch-test-')), `${basename(entry, '.ts')}.cjs`);
  buildSync({ entryPoints: [join('test/programs', entry)], outfile, bundle: true, platform: 'node', format: 'cjs' });
  return outfile;
}
