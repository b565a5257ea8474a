// The house as ARCHITECTURE.md describes it: rooms, directions, packages, and what no file of ours may do.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

import { expect, test } from 'vitest';

const filesUnder = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? filesUnder(path) : /\.(ts|js)$/.test(path) ? [path] : [];
  });

const document = readFileSync('ARCHITECTURE.md', 'utf8');

/** The cells of a table between the marks of a block, without its head. */
function rowsOf(name: string): string[][] {
  const [, block] = new RegExp(`<!-- ${name}:start -->\n([\\s\\S]*?)<!-- ${name}:end -->`).exec(document) ?? [];
  const lines = (block ?? '').split('\n').filter((line) => line.startsWith('|'));
  return lines.slice(2).map((line) =>
    line
      .slice(1, -1)
      .split('|')
      .map((cell) => cell.trim()),
  );
}

const wordsIn = (cell = ''): string[] => cell.split(' ').filter((word) => word !== '-' && word !== '');

const rooms = rowsOf('rooms').map(([name = '', , values, types]) => ({
  name,
  values: wordsIn(values),
  types: wordsIn(types),
}));
const sources = filesUnder('src').map((path) => ({ path: relative('src', path), text: readFileSync(path, 'utf8') }));

/** The row that a file belongs to: its own, or that of the nearest folder around it. */
function roomOf(path: string): string | undefined {
  const around = rooms.filter(({ name }) => name === path || path.startsWith(`${name}/`));
  return around.toSorted((a, b) => b.name.length - a.name.length)[0]?.name;
}

type Import = { readonly path: string; readonly specifier: string; readonly typesOnly: boolean };

const pattern = /^(?:import|export)\s+(type\s)?[^'";]*?\bfrom '([^']+)';|\bimport\('([^']+)'\)|^import '([^']+)';/gm;

const imports: Import[] = sources.flatMap(({ path, text }) =>
  [...text.matchAll(pattern)].map(([, type, from, lazy, bare]) => ({
    path,
    specifier: from ?? lazy ?? bare ?? '',
    typesOnly: type !== undefined,
  })),
);

/** Imports of one room by another; what is imported lazily counts as a value. */
const crossings = imports.flatMap(({ path, specifier, typesOnly }) => {
  if (!/^[.#]/.test(specifier)) return [];
  const target = specifier.startsWith('#')
    ? specifier.slice(1)
    : join(dirname(path), specifier).replace(/\.js$/, '.ts');
  const [from, to] = [roomOf(path), roomOf(target)];
  return from === to || from === undefined ? [] : [{ path, from, to: to ?? `no room (${target})`, typesOnly }];
});

test('every file of src belongs to a row, and every row has files', () => {
  expect(sources.filter(({ path }) => roomOf(path) === undefined).map(({ path }) => path)).toEqual([]);
  const inhabited = new Set(sources.map(({ path }) => roomOf(path)));
  expect(rooms.map(({ name }) => name).filter((name) => !inhabited.has(name))).toEqual([]);
});

test('rooms import what their row names, and no more', () => {
  const breaches = crossings.filter(({ from, to, typesOnly }) => {
    const row = rooms.find(({ name }) => name === from);
    return row === undefined || !(row.values.includes(to) || (typesOnly && row.types.includes(to)));
  });
  expect(breaches.map(({ path, to }) => `${path} -> ${to}`)).toEqual([]);
});

test('every permission of a row is used', () => {
  const unused = rooms.flatMap(({ name, values, types }) =>
    [
      ...values.filter((to) => !crossings.some((each) => each.from === name && each.to === to && !each.typesOnly)),
      ...types.filter((to) => !crossings.some((each) => each.from === name && each.to === to && each.typesOnly)),
    ].map((to) => `${name} -> ${to}`),
  );
  expect(unused).toEqual([]);
});

test('values come from rows above only', () => {
  const order = rooms.map(({ name }) => name);
  const upward = rooms.flatMap(({ name, values }, index) =>
    values.filter((to) => order.indexOf(to) >= index || !order.includes(to)).map((to) => `${name} -> ${to}`),
  );
  expect(upward).toEqual([]);
});

const isPure = (path: string): boolean => /^(core|upstream)\//.test(path);

test('core and upstream import neither Node nor the edge', () => {
  const impure = imports.filter(
    ({ path, specifier }) => isPure(path) && /^(node:|#(edge|commands|cli)\/)/.test(specifier),
  );
  expect(impure).toEqual([]);
});

test('each package is imported by the file that the table names, and each row is used', () => {
  const permitted = rowsOf('packages').map(([name = '', by = '']) => `${name} in ${by}`);
  const used = imports
    .filter(({ specifier, typesOnly }) => /^[^.#]/.test(specifier) && !specifier.startsWith('node:') && !typesOnly)
    .map(({ path, specifier }) => {
      const name = specifier
        .split('/')
        .slice(0, specifier.startsWith('@') ? 2 : 1)
        .join('/');
      return `${name} in ${path.endsWith('/schema.ts') ? 'schema.ts' : path}`;
    });
  expect([...new Set(used)].toSorted()).toEqual(permitted.toSorted());
  const { dependencies } = JSON.parse(readFileSync('package.json', 'utf8')) as { dependencies: Record<string, string> };
  expect(Object.keys(dependencies).toSorted()).toEqual(
    rowsOf('packages')
      .map(([name = '']) => name)
      .toSorted(),
  );
});

const forbidden: readonly (readonly [string, RegExp, (readonly string[])?])[] = [
  ['imports of a folder above', /(from|import) ?\(?'\.\.\//],
  ['default exports', /^export default\b/m],
  ['a shell', /\bshell:\s*true\b/],
  ['eval', /\beval\(|new Function\(/],
  // Both when all output is out: the rehearsal engine ends as Python does, main where something that cannot be called off is open.
  ['process.exit', /\bprocess\.exit\(/, ['programs/rehearsal/say.ts', 'main.ts']],
  ['process.exitCode outside main', /\bprocess\.exitCode\b/, ['main.ts']],
  [
    'process.argv outside main',
    /\bprocess\.argv\b/,
    ['main.ts', 'programs/rehearsal/main.ts', 'programs/rehearsal/kin.ts'],
  ],
  ['console', /\bconsole\.\w+\(/],
  ['enums', /^(export )?(const )?enum\b/m],
];

for (const [what, sign, except = []] of forbidden) {
  test(`there is no sign of ${what}`, () => {
    const found = sources.filter(({ text }) => sign.test(withoutComments(text))).map(({ path }) => path);
    expect(found.toSorted()).toEqual([...except].toSorted());
  });
}

test('no catch is empty without a reason', () => {
  expect(sources.filter(({ text }) => /catch\s*(\([^)]*\))?\s*\{\s*\}/.test(text)).map(({ path }) => path)).toEqual([]);
});

test('file names are words in lower case with hyphens', () => {
  expect(sources.filter(({ path }) => !/^([a-z0-9.-]+\/)*[a-z0-9.-]+\.ts$/.test(path))).toEqual([]);
});

const codeLines = (text: string): number =>
  withoutComments(text)
    .split('\n')
    .filter((line) => line.trim() !== '').length;

function withoutComments(text: string): string {
  return text.replaceAll(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '');
}

test('files stay small: 200 lines of code at most, half of them 60, nine of ten 130', () => {
  const lengths = sources.map(({ text }) => codeLines(text)).toSorted((a, b) => a - b);
  const at = (share: number): number => lengths[Math.floor(lengths.length * share)] ?? 0;
  expect(sources.filter(({ text }) => codeLines(text) > 200).map(({ path }) => path)).toEqual([]);
  expect(at(0.5)).toBeLessThanOrEqual(60);
  expect(at(0.9)).toBeLessThanOrEqual(130);
});

test('the entry is at most 20 lines and main at most 60', () => {
  expect(readFileSync('bin/vllm-launch.js', 'utf8').trimEnd().split('\n').length).toBeLessThanOrEqual(20);
  expect(codeLines(readFileSync('src/main.ts', 'utf8'))).toBeLessThanOrEqual(60);
});
