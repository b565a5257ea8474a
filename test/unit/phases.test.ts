// ARCHITECTURE.md shows the machine as it is. scripts/readme.js writes the table; this does not use it.
import { readFileSync } from 'node:fs';

import { expect, test } from 'vitest';

import { table } from '#core/supervision/table.ts';

const document = readFileSync('ARCHITECTURE.md', 'utf8');

test('the phases that ARCHITECTURE.md shows are the table', () => {
  const [, block = ''] = /<!-- phases:start -->\n([\s\S]*?)<!-- phases:end -->/.exec(document) ?? [];
  const [phases = [], , ...rows] = block
    .trimEnd()
    .split('\n')
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
  const shown = Object.fromEntries(
    phases
      .slice(1)
      .map((phase, column) => [
        phase,
        Object.fromEntries(rows.map(([event = '', ...cells]) => [event, cells[column]])),
      ]),
  );
  const coded = Object.entries(table).map(([phase, row]) => [
    phase,
    Object.fromEntries(
      Object.entries(row).map(([event, cell]) => [event, typeof cell === 'string' ? '·' : cell.name || 'acts']),
    ),
  ]);
  expect(shown).toEqual(Object.fromEntries(coded));
});
