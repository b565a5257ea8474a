// Loads a TypeScript module of ours into a script, by way of esbuild and a data: address; nothing is written.
import { build } from 'esbuild';

/** Returns the exports of a module of src/, or of code that imports from there. */
export async function load(contents, options = {}) {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: new URL('..', import.meta.url).pathname, loader: 'ts' },
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    logLevel: 'silent',
    ...options,
  });
  return await import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].text).toString('base64')}`);
}
