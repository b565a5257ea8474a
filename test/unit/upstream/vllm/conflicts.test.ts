import { describe, expect, test } from 'vitest';

import { type EngineProgram, readWords } from '#upstream/vllm/read-words.ts';

// What vLLM 0.31 accepts and refuses, asked of it with scripts/compare-parser.py.
const model = (program: EngineProgram, words: string) =>
  `${program === 'vllm-serve' ? 'm' : '--model m'} ${words}`.trim().split(' ');
const refusals = (words: string, program: EngineProgram = 'vllm-serve') =>
  readWords(model(program, words), { program }).errors;
const refused = (words: string, program?: EngineProgram) => refusals(words, program).map(({ flag }) => flag.slice(2));

type Row = readonly [words: string, refused: readonly string[]];

describe('sizes have their range', () => {
  test.each<Row>([
    ['-tp 1 -pp 1 -pcp 1 -dcp 1 -dp 1 -n 1', []],
    ['-tp 0', ['tensor-parallel-size']],
    ['-tp -1', ['tensor-parallel-size']],
    ['-pp 0', ['pipeline-parallel-size']],
    ['-pcp 0', ['prefill-context-parallel-size']],
    ['-dcp 0', ['decode-context-parallel-size']],
    ['-dp 0', ['data-parallel-size']],
    ['-n 0', ['nnodes']],
    ['-r -1', ['node-rank']],
    ['-r 5', []],
    ['-dpl -1', ['data-parallel-size-local']],
    ['-dpn -1 -dp 2', ['data-parallel-rank']],
    ['--elastic-ep-max-dp-size 0', ['elastic-ep-max-dp-size']],
    ['--elastic-ep-max-dp-size 1', []],
    ['-dpp 1', []],
    ['-dpp 65535', []],
    ['-dpp 0', ['data-parallel-rpc-port']],
    ['-dpp 65536', ['data-parallel-rpc-port']],
    ['--master-port 0 --shutdown-timeout -1', []],
    ['-tp 0 -pp 0', ['tensor-parallel-size', 'pipeline-parallel-size']],
  ])('%s: %j', (words, flags) => {
    expect(refused(words)).toEqual(flags);
  });

  test('the words are named', () => {
    expect(refusals('-tp 0')).toEqual([
      {
        code: 'conflict',
        flag: '--tensor-parallel-size',
        value: '0',
        message: 'cannot use -tp 0: it must be 1 or more; change it',
      },
    ]);
    expect(refusals('-dpp=0')[0]?.message).toBe('cannot use -dpp=0: a port is 1 to 65535; give one');
  });
});

describe('nodes', () => {
  test.each<Row>([
    ['-n 2 -tp 2', []],
    ['-n 2 -tp 2 -r 1', []],
    ['-n 2 -tp 2 -r 2', ['node-rank']],
    ['-n 2 -tp 3', ['nnodes']],
    ['-n 2', ['nnodes']],
    ['-n 2 -pp 2', []],
    ['-n 2 -pcp 2', []],
    ['-n 2 -dp 2', []],
    ['-n 4 -tp 2 -dp 2', []],
    ['-n 4 -tp 4 -dp 2', []],
    ['-n 2 -tp 2 -dpb ray', ['data-parallel-backend']],
    ['-n 1 -tp 2 -dpb ray', []],
    ['-n 2 -tp 2 --distributed-executor-backend mp', []],
    ['-n 2 -tp 2 --distributed-executor-backend uni', []],
    ['-n 2 -tp 2 --distributed-executor-backend external_launcher', []],
    ['-n 2 -tp 2 --distributed-executor-backend ray', ['distributed-executor-backend']],
    ['-n 2 -tp 2 --distributed-executor-backend my.Own', ['distributed-executor-backend']],
    ['-n 1 -tp 2 --distributed-executor-backend my.Own', []],
    ['-n 4 -tp 4 -dp 2 -dpl 1', []],
    ['-n 2 -dp 4 -dpl 1', ['nnodes']],
    ['-n 3 -tp 3 -dp 4 -dpl 1', ['nnodes']],
    ['-n 2 -dp 4 -dpl 2', []],
    ['-n 2 -dp 2 -dpl 0', ['nnodes']],
    ['-n 2 -dp 2 -dpl 0 --headless', ['nnodes', 'headless']],
  ])('%s: %j', (words, flags) => {
    expect(refused(words)).toEqual(flags);
  });

  test('the sentence has the numbers', () => {
    expect(refusals('-n 2 -tp 3')[0]?.message).toBe(
      'cannot use -n 2: it does not divide the 3 ranks of all sizes; change it or a size',
    );
    expect(refusals('-n 2 -tp 2 -r 2')[0]?.message).toBe(
      "cannot use -r 2: the nodes are numbered 0 to 1; give this node's number",
    );
    expect(refusals('-n 2 -dp 4 -dpl 1')[0]?.message).toContain('the 4 groups of nodes');
    expect(refusals('-n 2 -tp 2 -dpb ray')[0]?.message).toContain('--nnodes 2 needs --data-parallel-backend mp');
  });
});

describe('backends', () => {
  test.each<Row>([
    ['-dpb mp', []],
    ['-dpb ray', []],
    ['-dpb Ray', ['data-parallel-backend']],
    ['-dpb=', ['data-parallel-backend']],
    ['--distributed-executor-backend MP', []],
    ['-pp 2 --distributed-executor-backend mp', []],
    ['-pp 2 --distributed-executor-backend ray', []],
    ['-pp 2 --distributed-executor-backend external_launcher', []],
    ['-pp 2 --distributed-executor-backend None', []],
    ['-pp 2 --distributed-executor-backend uni', ['distributed-executor-backend']],
    ['-pp 1 --distributed-executor-backend uni', []],
  ])('%s: %j', (words, flags) => {
    expect(refused(words)).toEqual(flags);
  });
});

describe('decode-context parallel', () => {
  test.each<Row>([
    ['-tp 4 -dcp 2', []],
    ['-tp 4 -dcp 4', []],
    ['-tp 4 -dcp 3', ['decode-context-parallel-size']],
    ['-tp 2 -dcp 4', ['decode-context-parallel-size']],
    ['-tp 2 -pcp 4 -dcp 1', []],
    ['-tp 2 -pcp 4 -dcp 4', []],
    ['-tp 2 -pcp 4 -dcp 8', []],
    ['-tp 2 -pcp 4 -dcp 2', ['decode-context-parallel-size']],
  ])('%s: %j', (words, flags) => {
    expect(refused(words)).toEqual(flags);
  });

  test('the sentence has the sizes', () => {
    expect(refusals('-tp 2 -pcp 4 -dcp 2')[0]?.message).toContain('it is one of 1, 4, 8;');
    expect(refusals('-tp 4 -dcp 3')[0]?.message).toContain('does not divide --tensor-parallel-size 4;');
  });
});

describe('data-parallel ranks', () => {
  test.each<Row>([
    ['-dp 2 -dpl 2', []],
    ['-dp 2 -dpl 3', ['data-parallel-size-local']],
    ['-dp 4 -dpl 0', []],
    ['-dpl 0', []],
    ['-dp 4 -dpl 0 -dpr 4', ['data-parallel-start-rank']],
    ['-dp 4 -dpl 2 -dpr 2', []],
    ['-dp 4 -dpl 2 -dpr 3', []],
    ['-dp 4 -dpl 2 -dpr 4', ['data-parallel-start-rank']],
    ['-dp 4 -dpl 2 -dpr -1', ['data-parallel-start-rank']],
    ['-dp 4 -dpr -1', []],
    ['-dp 4 -dpr 9', []],
    ['-dp 4 -dpl 2 -dpr 9 --distributed-executor-backend external_launcher', []],
    ['-dpl 1 -dpr 3', ['data-parallel-start-rank']],
    ['-dpl 1 -dpr 3 --headless', []],
    ['-dp 2 -dpn 1', []],
    ['-dp 2 -dpn 2', ['data-parallel-rank']],
    ['-dpn 0', ['data-parallel-rank']],
    ['-dp 2 -dpn 1 -dpl 1', []],
    ['-dp 2 -dpn 1 -dpl 2', ['data-parallel-size-local']],
    ['-dp 2 -dpn 1 -dpl 0', ['data-parallel-size-local']],
    ['-dp 2 -dpe', ['data-parallel-external-lb']],
    ['-dp 2 -dpe -dpn 1', []],
    ['-dpe -dpn 0', ['data-parallel-external-lb']],
    ['-dp 2 -dpe -n 2 -r 1', []],
    ['-dp 2 -dpe -n 3 -tp 3', ['data-parallel-external-lb']],
    ['-dp 2 -dpe -n 3 -tp 3 -dpn 1', []],
    ['-dp 2 -dpe -n 2 -dpl 2', ['data-parallel-size-local']],
    ['-dp 4 -dpn 1 -n 2', ['data-parallel-size-local']],
    ['-dp 2 -dpn 1 -n 2', []],
    ['-dpe -n 2 -tp 2', ['data-parallel-external-lb']],
    ['-dp 4 -dph', ['data-parallel-hybrid-lb']],
    ['-dp 4 -dph -dpl 2', []],
    ['-dp 4 -dph -dpl 1', []],
    ['-dph -dpl 1', ['data-parallel-hybrid-lb']],
    ['-dp 4 -dph -n 2', []],
    ['-dp 4 -dph -dpl 2 --headless', ['data-parallel-hybrid-lb']],
    ['-dp 2 -dpl 2 -dph --headless', ['data-parallel-hybrid-lb']],
    ['-dp 4 -dpl 2 -dpr 2 --headless', []],
    ['-dp 4 -dpl 0 --headless', ['headless']],
  ])('%s: %j', (words, flags) => {
    expect(refused(words)).toEqual(flags);
  });

  test('what asks for balancing outside is named', () => {
    expect(refusals('-dph -dpl 1')[0]?.message).toBe('cannot use -dph: there is one rank; give --data-parallel-size');
    expect(refusals('-dp 4 -dpl 2 -dpr -1 -dpm')[0]?.message).toBe(
      'cannot use --data-parallel-rank: it must be 0 or more; change it',
    );
  });

  test('a value that the engine has by itself is named with its flag', () => {
    expect(refusals('-dpm -dp 4 -dpl 2 --port 9256')[0]).toMatchObject({ value: 'true' });
    expect(refusals('-dpe -dp 2')[0]).toMatchObject({ flag: '--data-parallel-external-lb', value: 'true' });
    expect(refusals('-dpm -dp 4 -dpl 2 -dpr -1')[0]).toMatchObject({ flag: '--data-parallel-rank', value: null });
  });

  test('the last rank is told', () => {
    expect(refusals('-dp 2 -dpn 2')[0]?.message).toBe('cannot use -dpn 2: ranks end at 1; change it');
    expect(refusals('-dp 2 -dpl 3')[0]?.message).toContain('there are 2 ranks in all');
    expect(refusals('-dp 2 -dpe -n 3 -tp 3')[0]?.message).toContain('3 nodes do not divide by 2 ranks');
  });
});

describe('expert balancing and elastic expert parallelism', () => {
  const elastic = '--enable-elastic-ep --enable-eplb -ep -dp 2';
  test.each<Row>([
    ['--enable-eplb -ep -tp 2', []],
    ['--enable-eplb -ep -dp 2', []],
    ['--enable-eplb -ep -pcp 2', []],
    ['--enable-eplb -ep -pp 2', ['enable-eplb']],
    ['--enable-eplb -ep', ['enable-eplb']],
    ['--enable-eplb -tp 2', ['enable-eplb']],
    [elastic, []],
    [`${elastic} -dpb ray`, []],
    ['--enable-elastic-ep -ep -dp 2', ['enable-elastic-ep']],
    [`${elastic} -pp 2`, ['enable-elastic-ep']],
    [`${elastic} -dpe -dpn 0`, ['enable-elastic-ep']],
    [`${elastic} -dpl 1 -dpr 1`, ['enable-elastic-ep']],
    ['--enable-elastic-ep --enable-eplb -ep -dp 4 -dpl 2 -dph', ['enable-elastic-ep']],
    [`${elastic} --elastic-ep-max-dp-size 2`, []],
    [`${elastic} --elastic-ep-max-dp-size 1`, ['enable-elastic-ep']],
    ['-dp 2 --elastic-ep-max-dp-size 1', []],
    ['--no-enable-elastic-ep -pp 2', []],
  ])('%s: %j', (words, flags) => {
    expect(refused(words)).toEqual(flags);
  });

  test('of several reasons the first is told', () => {
    expect(refusals('--enable-elastic-ep -pp 2')).toHaveLength(1);
    expect(refusals('--enable-elastic-ep -pp 2')[0]?.message).toContain('--enable-eplb; give');
    expect(refusals(`${elastic} -pp 2`)[0]?.message).toContain('--pipeline-parallel-size 2');
    expect(refusals(`${elastic} --elastic-ep-max-dp-size 1`)[0]?.message).toContain('size 1 is less than 2 ranks');
  });
});

describe('what vllm serve itself refuses, and its API server module does not', () => {
  test.each<readonly [words: string, serve: readonly string[], module: readonly string[]]>([
    ['--headless -asc 1', ['api-server-count'], []],
    ['--headless -asc 0', [], []],
    ['--headless -asc -1', [], []],
    ['-asc 2', [], []],
    ['-dp 2 -dpn 1 -dpr 1', ['data-parallel-rank'], []],
    ['-dp 2 -dpe -dpn 1 -dpr 1', ['data-parallel-external-lb'], []],
    ['-dp 2 -dpn 1 -dph', ['data-parallel-rank'], []],
    ['-dp 2 -dpe -dpn 1 -dph', ['data-parallel-external-lb', 'data-parallel-hybrid-lb'], ['data-parallel-hybrid-lb']],
    ['-dp 4 -dph -dpl 2 -dpr 2', [], []],
    ['-dp 4 -dph -dpl 2 --headless', ['data-parallel-hybrid-lb'], []],
    ['-dp 4 -dpl 0 --headless', ['headless'], []],
    ['-dp 4 -dpl 0 -asc 0', ['api-server-count'], []],
    ['-dp 4 -dph -dpl 2 -asc 0', ['data-parallel-hybrid-lb'], []],
    ['-dp 4 -dph -dpl 2 -asc 1', [], []],
    ['-dp 4 -dpl 1 -dpr 3 -asc 0', [], []],
    ['-dpl 1 -dpr 3 -asc 0', [], ['data-parallel-start-rank']],
    ['-dp 4 -dph -dpl 0', [], []],
    ['-dp 4 -dpr 2 -dpl 0', [], []],
    ['-dp 4 -dpl 0', [], []],
  ])('%s: %j, %j', (words, serve, module) => {
    expect(refused(words)).toEqual(serve);
    expect(refused(words, 'openai-api-server')).toEqual(module);
  });
});

describe('one command that supervises all ranks of a node', () => {
  const flag = 'data-parallel-multi-port-external-lb';
  test.each<Row>([
    ['-dpm -dp 4 -dpl 2', []],
    ['-dpm -dp 4 -dpl 4', []],
    ['-dpm -dp 4 -dpl 2 -asc 1', []],
    ['-dpm -dp 4 -dpl 2 -asc 2', [flag]],
    ['-dpm -dp 4 -dpl 2 -asc 0', [flag]],
    ['-dpm -dp 4 -dpl 2 -asc 1 --headless', ['api-server-count']],
    ['-dpm -dp 4 -dpl 2 -dpn 1', [flag, 'data-parallel-rank']],
    ['-dpm -dp 4 -dpl 2 -dpe', [flag, 'data-parallel-external-lb']],
    ['-dpm -dp 4 -dpl 2 -dph', [flag, 'data-parallel-rank']],
    ['-dpm -dp 4 -dpl 2 -dpr 2', []],
    ['-dpm -dp 4 -dpl 2 -dpr 3', [flag]],
    ['-dpm -dp 4 -dpl 2 -r 1', []],
    ['-dpm -dp 4 -dpl 2 -r 2', [flag]],
    ['-dpm -dp 4 -dpl 2 -r 2 -dpr 0', []],
    ['-dpm -dp 4', [flag]],
    ['-dpm -dp 4 -dpl 1', [flag]],
    ['-dpm -dp 1 -dpl 2', [flag]],
    ['-dpm -dp 4 -dpl 3', [flag]],
    ['-dpm -dp 2 -dpl 4', [flag]],
    ['-dpm -dp 4 -dpl 2 --port 9254', []],
    ['-dpm -dp 4 -dpl 2 --port 9255', [flag]],
    ['-dpm -dp 4 -dpl 2 --port 9256', [flag]],
    ['-dpm -dp 4 -dpl 2 --port 9257', []],
    ['-dpm -dp 4 -dpl 2 --data-parallel-supervisor-port 8000', [flag]],
    ['-dpm -dp 4 -dpl 2 --data-parallel-supervisor-port 8001', [flag]],
    ['-dpm -dp 4 -dpl 2 --data-parallel-supervisor-port 8002', []],
    ['-dpm -dp 4 -dpl 2 -tp 0', ['tensor-parallel-size']],
    ['-dpm -dp 4 -dpl 2 -dpr -1', ['data-parallel-rank']],
    ['-dpm -dp 4 -dpl 2 --headless', []],
    ['-dpm -dp 4 -dpl 2 --enable-elastic-ep --enable-eplb -ep', ['enable-elastic-ep']],
  ])('%s: %j', (words, flags) => {
    expect(refused(words)).toEqual(flags);
  });

  test('the API server module refuses the same combinations and supervises nothing', () => {
    expect(refused('-dpm -dp 4', 'openai-api-server')).toEqual([flag]);
    expect(refused('-dpm -dp 4 -dpl 2 -tp 0', 'openai-api-server')).toEqual(['tensor-parallel-size']);
    expect(refused('-dpm -dp 4', 'dynamo-vllm')).toEqual([]);
  });
});

describe('Dynamo', () => {
  test.each<Row>([
    ['-dpl 1 -dpr 3 --headless', []],
    ['-dpl 1 -dpr 3', ['data-parallel-start-rank']],
    ['-dp 4 -dpl 0 --headless', ['headless']],
    ['-dp 4 -dpl 2 -dph --headless', ['data-parallel-hybrid-lb']],
    ['-dp 2 -dpn 1 -dpr 1', []],
    ['-tp 0', ['tensor-parallel-size']],
  ])('%s: %j', (words, flags) => {
    expect(refused(words, 'dynamo-vllm')).toEqual(flags);
  });
});
