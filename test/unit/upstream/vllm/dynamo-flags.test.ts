import { readFileSync } from 'node:fs';

import { describe, expect, test } from 'vitest';

import { readCommand } from '#upstream/vllm/command.ts';
import { type EngineProgram, readWords } from '#upstream/vllm/read-words.ts';

// The operator's own rows on reading flags. Those whose command is a shell are left out: we read no scripts.
type Row = {
  id: string;
  name: string;
  kind: string;
  input: { command: string[]; args: string[] };
  expected: Record<string, unknown> & { untouched?: string[] };
};
const all = JSON.parse(readFileSync('test/cases/dynamo-vectors.json', 'utf8')) as Row[];
const rows = all.filter(({ kind, input }) => kind === 'flag_parse' && !/(^|\/)(ba)?sh$/.test(input.command[0] ?? ''));

const read = ({ input }: Row) => {
  const command = [...input.command, ...input.args];
  const { program, engineWords } = readCommand(command);
  return readWords(command.slice(engineWords), { program: program as EngineProgram });
};

/** What the row says it expects, in our words. */
const seen = (row: Row): Record<string, unknown> => {
  const { sizes, executorBackend, dataParallelBackend, enableElasticEp, errors } = read(row);
  return {
    '--tensor-parallel-size': sizes.tp.value,
    '--pipeline-parallel-size': sizes.pp.value,
    '--data-parallel-size': sizes.dp.value,
    '--data-parallel-backend': dataParallelBackend.value,
    world_size: sizes.world,
    elastic_ep_ray: enableElasticEp.value && dataParallelBackend.value === 'ray',
    executor_is_mp: executorBackend.value === 'mp',
    error: errors.length > 0,
  };
};

describe("the operator's rows on flags", () => {
  test('there are as many as the table has without a shell', () => {
    expect(rows).toHaveLength(33);
  });

  test.each(rows)('$id $name', (row) => {
    const { notes, untouched = [], ...expected } = row.expected;
    expect(notes).toBeTypeOf('string');
    expect(seen(row)).toMatchObject(expected);
    const { dataParallelAddress, dataParallelBackend, unknown } = read(row);
    const kept = [dataParallelAddress.value, dataParallelBackend.value, ...unknown];
    // Dynamo's engine parser takes --dp for --dp-sync-interval.
    expect(untouched.filter((word) => word !== '--dp' && !kept.includes(word))).toEqual([]);
  });
});
