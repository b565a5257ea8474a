// The picture of the phases in ARCHITECTURE.md is what the machine was seen to do. UPDATE_TRANSCRIPTS=1 draws it anew.
import { readFileSync, writeFileSync } from 'node:fs';

import { expect, test } from 'vitest';

import { exploreEdges, renderEdges } from '../world/edges.ts';

const path = 'ARCHITECTURE.md';
const block = /<!-- phase-edges:start -->\n[\s\S]*?<!-- phase-edges:end -->\n?/;

test.skipIf(process.env['STRYKER_MUTATOR_WORKER'] !== undefined)(
  'the picture of the phases is what the machine does',
  { timeout: 60_000 },
  () => {
    const drawn = `<!-- phase-edges:start -->\n${renderEdges(exploreEdges())}\n<!-- phase-edges:end -->\n`;
    const document = readFileSync(path, 'utf8');
    if (process.env['UPDATE_TRANSCRIPTS'] === '1')
      writeFileSync(
        path,
        block.test(document) ? document.replace(block, () => drawn) : `${document.trimEnd()}\n\n${drawn}`,
      );
    expect(block.exec(readFileSync(path, 'utf8'))?.[0]).toBe(drawn);
  },
);
