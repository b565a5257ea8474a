// Builds dist/: the launcher, the tools, the rehearsal engine, and the schema of plan --json. Everything that stands in a file is
// compiled when the file is loaded (10 ms for 300 KB), so the launcher is cut by what its stories need; within a file, what is
// imported with import() is initialised only when it is asked for, Node's own modules included.
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { isBuiltin } from 'node:module';

import { build } from 'esbuild';

import { load } from './load.js';

/** What main imports with import() goes to these files; the rest of the launcher is dist/launcher.js. */
const parts = {
  exec: { '#commands/exec.ts': 'exec' },
  run: { '#commands/run.ts': 'run' },
  plan: { '#commands/plan.ts': 'plan', '#commands/check.ts': 'check' },
  local: { '#commands/local.ts': 'local' },
  ask: { '#commands/status.ts': 'status', '#commands/probe.ts': 'probe' },
  parse: { '#cli/parse.ts': 'parseWords' },
};

/** What only some launches come to need, wherever it is imported with import(): the same for rooms. */
const late = {
  group: ['#edge/links.ts'],
  ray: ['#edge/ray/ask.ts', '#edge/ray/head.ts'],
  http: ['#edge/network/http.ts'],
  webhook: ['#commands/webhook.ts'],
};

/** The most that one start may load, in KB, of all the files that it needs. */
const limits = [
  { files: ['launcher', 'exec'], limit: 250 },
  { files: ['launcher', 'parse', 'run', 'group', 'ray', 'http'], limit: 700 },
];
const root = fileURLToPath(new URL('..', import.meta.url));
const { version } = JSON.parse(readFileSync(`${root}package.json`, 'utf8'));

/** esbuild writes imports of Node's modules at the top of the file, where all are loaded at once; this loads each where it is used. */
const lazyBuiltins = {
  name: 'lazy-builtins',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /.*/ }, ({ path }) => (isBuiltin(path) ? { path, namespace: 'builtin' } : undefined));
    onLoad({ filter: /.*/, namespace: 'builtin' }, ({ path }) => ({
      contents: `module.exports = process.getBuiltinModule(${JSON.stringify(path)})`,
    }));
  },
};

/**
 * Parts of packages that are never called, an eighth of the bundle: fetch-blob's streams for Nodes without any, what yargs
 * lays out its own help with, pino's transports and redaction (we mask before we log), what execa's verbose mode prints.
 */
const uncalled =
  /^(web-streams-polyfill|cliui|string-width|thread-stream|figures|pretty-ms|@pinojs\/redact)(\/|$)|^\.\/(lib\/)?transport$/;

const slimPackages = {
  name: 'slim-packages',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: uncalled }, ({ path }) => ({ path, namespace: 'uncalled' }));
    onLoad({ filter: /.*/, namespace: 'uncalled' }, () => ({ contents: 'module.exports = {}' }));
    // The same code as ES modules, of which only what is imported stays.
    onResolve({ filter: /^yaml$/ }, () => ({ path: `${root}node_modules/yaml/browser/dist/index.js` }));
  },
};

const launcherParts = {
  name: 'launcher-parts',
  setup({ onResolve, onLoad }) {
    const partOf = (path) => Object.keys(parts).find((part) => path in parts[part]);
    const lateOf = (path) => Object.keys(late).find((part) => late[part].includes(path));
    onResolve({ filter: /^#/ }, ({ path, kind, importer }) => {
      if (kind !== 'dynamic-import') return undefined;
      const part = importer === `${root}src/main.ts` ? partOf(path) : lateOf(path);
      return part === undefined ? undefined : { path: `./${part}.js`, external: true };
    });
    onResolve({ filter: /^part:/ }, ({ path }) => ({ path: path.slice(5), namespace: 'part' }));
    onLoad({ filter: /.*/, namespace: 'part' }, ({ path }) => ({
      resolveDir: root,
      contents:
        (late[path] ?? []).map((from) => `export * from '${from}';`).join('\n') ||
        Object.entries(parts[path] ?? {})
          .map(
            ([from, name]) => `export const ${name} = async (...given) => (await import('${from}')).${name}(...given);`,
          )
          .join('\n'),
    }));
  },
};

const entries = { launcher: 'src/main.ts', tools: 'src/tools.ts', rehearsal: 'src/programs/rehearsal/main.ts' };

async function bundle() {
  const present = Object.entries(entries).filter(([, path]) => existsSync(`${root}${path}`));
  const ofLauncher = Object.keys({ ...parts, ...late }).map((part) => [part, `part:${part}`]);
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: Object.fromEntries([...present, ...ofLauncher]),
    outdir: 'dist',
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    external: ['./tools.js'],
    legalComments: 'none',
    minify: true,
    define: { LAUNCHER_VERSION: JSON.stringify(version) },
    plugins: [launcherParts, lazyBuiltins, slimPackages],
    metafile: true,
    logLevel: 'warning',
  });
  return Object.fromEntries(Object.entries(metafile.outputs).map(([path, { bytes }]) => [path, bytes]));
}

async function planSchema() {
  const { schema } = await load(`
    import { toJsonSchema } from '@valibot/to-json-schema';
    import { planSchema } from '#core/plan/schema.ts';
    export const schema = toJsonSchema(planSchema);`);
  const { $schema, ...rest } = closed(schema);
  const about = { title: 'vllm-launch plan --json', description: 'Always complete: what is not known is null.' };
  const text = `${JSON.stringify({ $schema, ...about, ...rest }, null, 2)}\n`;
  writeFileSync(`${root}dist/plan.schema.json`, text);
  return { 'dist/plan.schema.json': text.length };
}

/** Every object has exactly the properties that the document has. */
function closed(value) {
  if (Array.isArray(value)) return value.map(closed);
  if (typeof value !== 'object' || value === null) return value;
  const inner = Object.fromEntries(Object.entries(value).map(([key, item]) => [key, closed(item)]));
  return inner.type === 'object' && inner.properties !== undefined ? { ...inner, additionalProperties: false } : inner;
}

/** Bytes by file, or null where esbuild has already said what is wrong. */
async function bundleAll() {
  try {
    return { ...(await bundle()), ...(await planSchema()) };
  } catch (error) {
    if (error.errors === undefined) throw error;
    return null;
  }
}

const started = performance.now();
const sizes = await bundleAll();
if (sizes === null) {
  process.exitCode = 1;
} else {
  for (const file of readdirSync(`${root}dist`))
    if (!(`dist/${file}` in sizes)) rmSync(`${root}dist/${file}`, { recursive: true });
  for (const [path, bytes] of Object.entries(sizes)) console.log(`${path}  ${(bytes / 1024).toFixed(1)} KB`);
  console.log(`built in ${Math.round(performance.now() - started)} ms`);
  for (const { files, limit } of limits) {
    const kilobytes = files.reduce((sum, file) => sum + sizes[`dist/${file}.js`] / 1024, 0);
    if (kilobytes <= limit) continue;
    console.error(
      `cannot accept ${files.join(' + ')}: ${kilobytes.toFixed(1)} KB is over ${limit} KB; see what they import`,
    );
    process.exitCode = 1;
  }
}
