import { describe, expect, test } from 'vitest';

import type { Facts } from '#core/facts.ts';
import { placeEngine } from '#core/plan/engine-place.ts';
import { makePlan } from '#core/plan/make-plan.ts';
import { namedFiles } from '#core/plan/named-files.ts';
import type { YamlReading } from '#core/yaml.ts';

import { bareFacts, withOptions } from '../bare-facts.ts';

import { dynamoWorker, leaderPlan, messages, planFor, serve, warned } from './plan-for.ts';

describe("where the engine's own words begin", () => {
  test.each([
    ['vllm serve m', 'vllm-serve', 'vllm', 2],
    ['python3 -m dynamo.vllm --model m', 'dynamo-vllm', 'dynamo', 3],
    ['python -m vllm.entrypoints.openai.api_server', 'openai-api-server', 'vllm', 3],
  ])('%s', (text, parser, profile, engineWords) => {
    const place = { program: parser, parser, engineWords };
    expect(placeEngine(text.split(' '), null)).toEqual({ ...place, profile });
    expect(placeEngine(text.split(' '), 'dynamo')).toEqual({ ...place, profile: 'dynamo' });
  });

  test.each(['my-server x', 'numactl vllm serve m', 'sh -c x', 'ray start', ''])(
    'is not asked of %j without --engine',
    (text) => {
      const words = text.split(' ');
      expect(placeEngine(words, null)).toMatchObject({ parser: null, profile: 'command' });
    },
  );

  test('is not asked of `ray start` at all', () => {
    expect(placeEngine(['ray', 'start'], 'vllm')).toMatchObject({ parser: null, profile: 'command' });
  });

  test.each([
    ['numactl --membind 0 vllm serve m', 'vllm-serve', 5],
    ['env A=1 python3 -m dynamo.vllm --model m', 'dynamo-vllm', 5],
    ['tini -- python3 -m vllm.entrypoints.openai.api_server', 'openai-api-server', 5],
    ['sh -c exec"$@" sh vllm serve m', 'vllm-serve', 6],
  ])('behind a wrapper, with --engine: %s', (text, program, engineWords) => {
    expect(placeEngine(text.split(' '), 'vllm')).toEqual({ program, parser: program, profile: 'vllm', engineWords });
  });

  test.each([
    ['my-server', 1],
    ['my-server m -tp 2', 1],
    ['my-server serve m', 2],
    ['my-server m serve', 1],
    ['python3 -u server.py m', 3],
    ['/usr/bin/python3.12 -m my.server m', 3],
    ['python3', 1],
    ['python3 -u', 2],
    ['pythonic m', 1],
    ['sh server.sh m', 2],
    ['sh -e server.sh m', 3],
    ['sh server.sh -c', 2],
    ['bash --norc name m', 3],
    ['sh -c script', 3],
    ['sh -c script name m', 4],
    ['sh -ce script name m', 4],
    ['bash -e -lc script name m', 5],
    ['bash --rcfile name m', 3],
    ['sh', 1],
    ['sh -c', 2],
  ])('in a command that we do not know, with --engine: %s', (text, engineWords) => {
    const words = text.split(' ');
    const found = placeEngine(words, 'vllm');
    expect(found).toMatchObject({ profile: 'vllm', parser: 'vllm-serve', engineWords });
    expect(placeEngine(words, 'dynamo')).toMatchObject({ profile: 'dynamo', parser: 'dynamo-vllm', engineWords });
    expect(engineWords).toBeLessThanOrEqual(words.length);
  });

  test('no command has no words', () => expect(placeEngine([], 'vllm').engineWords).toBe(0));
});

describe('a command that --engine explains', () => {
  test('is sized by its own words', () => {
    const words = ['numactl', '--membind', '0', ...serve('-tp', '16')];
    expect(leaderPlan({ words, options: { engine: 'vllm' } }).document).toMatchObject({
      decision: { outcome: 'mp' },
      engine: { profile: 'vllm', sizes: { tp: 16 } },
      errors: [],
    });
  });

  test('has the files that it names', () => {
    const words = ['numactl', 'vllm', 'serve', '/models/m', '--config', 'a.yaml'];
    expect(namedFiles(words, 'vllm')).toEqual({ config: 'a.yaml', model: '/models/m' });
    expect(namedFiles(words)).toEqual({ config: null, model: null });
  });

  test('in a shell string is warned of, since its sizes are not seen', () => {
    const words = ['sh', '-c', 'vllm serve m -tp 16'];
    const plan = leaderPlan({ words, options: { engine: 'vllm' } });
    expect(plan.document.decision.outcome).toBe('replicas');
    expect(plan.document.warnings).toContainEqual({
      code: 'hidden-engine-words',
      message:
        "the engine's words are hidden in a shell string, so its sizes are taken as 1: write them behind it, as in sh -c 'exec vllm serve \"$@\"' sh MODEL",
    });
    const behind = leaderPlan({ words: [...words, 'sh', 'm', '-tp', '16'], options: { engine: 'vllm' } });
    expect([behind.document.decision.outcome, warned(behind)]).toEqual(['mp', []]);
  });

  test('may have no words at all without hiding any', () => {
    expect(warned(planFor({ words: ['my-server'], options: { engine: 'vllm' } }))).toEqual(['drops-requests']);
  });
});

describe('what the parser of the engine refuses', () => {
  test.each([
    [serve('-tp', '0'), 'cannot use -tp 0: it must be 1 or more', 'change it'],
    [serve('-tp', '-1'), 'cannot use -tp -1: it must be 1 or more', 'change it'],
    [serve('-pp', '1.5'), 'cannot use -pp 1.5: "1.5" is no whole number', 'write one'],
    [serve('--tensor-parallel-size'), 'cannot use --tensor-parallel-size: no value follows', 'write one'],
    [serve('-tp16'), 'cannot use -tp16: vLLM does not part 16 from -tp', 'write -tp 16'],
    [
      dynamoWorker('--disaggregation-mode', 'both'),
      'cannot use --disaggregation-mode both: "both" is no mode of a worker',
      'write one of agg, prefill, decode, encode, pd',
    ],
  ])('%j is refused with 78 on one node and on two', (words, message, hint) => {
    const errors = [{ code: 78, name: 'config', message, hint }];
    expect(planFor({ words }).document.errors).toEqual(errors);
    expect(leaderPlan({ words }).document.errors).toEqual(errors);
  });

  test('is not refused where only its help is asked for', () => {
    expect(planFor({ words: serve('-tp', '0', '--help', '--nonsense') }).problems).toEqual([]);
    expect(warned(planFor({ words: serve('-tp', '0', '--help', '--nonsense') }))).toEqual(['drops-requests']);
  });

  test('nothing is refused of a command that we cannot read', () => {
    expect(planFor({ words: ['my-server', '-tp', '0'] }).problems).toEqual([]);
  });
});

describe('words that no engine we know takes', () => {
  test('are warned of, secrets masked', () => {
    const { document } = planFor({ words: serve('--shutdown-timeout', '1', '--nonsense', '--my-token', 'hidden-1') });
    expect(document.warnings).toEqual([
      {
        code: 'unknown-engine-words',
        message: 'words of the engine command that no engine we know takes: "--nonsense", "--my-token", "********"',
      },
    ]);
  });

  test('are not listed without end', () => {
    const words = serve(...Array.from({ length: 20 }, (_, at) => `--nonsense-${at}`));
    const [first] = planFor({ words }).document.warnings;
    expect(first?.message).toMatch(/"--nonsense-7" and 12 more$/);
  });
});

describe('--config', () => {
  const words = serve('--config', 'c.yaml');

  test('is read before the words', () => {
    const config = { 'tensor-parallel-size': 4, pipeline_parallel_size: 2 };
    const plan = planFor({ words: [...words, '-tp', '8'], config });
    expect(plan.document.engine.sizes).toEqual({ tp: 8, pp: 2, dp: 1, world: 16 });
    expect(plan.problems).toEqual([]);
  });

  test('that is not there is refused with its path, once', () => {
    const plan = planFor({ words, facts: { engineConfig: { path: 'c.yaml', missing: 'not there' } } });
    expect(plan.document.errors).toEqual([
      {
        code: 78,
        name: 'config',
        message: 'cannot read the engine\'s --config "c.yaml": not there',
        hint: 'mount the file on every node, or correct the path',
      },
    ]);
    expect(plan.document.engine.sizes).toEqual({ tp: null, pp: null, dp: null, world: null });
  });

  test('that is malformed is refused with line and column, once', () => {
    const facts = { engineConfig: { path: 'c.yaml', text: 'x' } };
    const plan = makeWith(facts, { ok: false, line: 3, column: 7, message: 'bad indentation' });
    expect(plan.document.errors).toEqual([
      {
        code: 65,
        name: 'input',
        message: 'cannot read the engine\'s --config "c.yaml": line 3, column 7: bad indentation',
        hint: 'correct the YAML',
      },
    ]);
  });

  test('other errors stay beside it', () => {
    const plan = planFor({
      words: [...words, '-tp', 'x'],
      facts: { engineConfig: { path: 'c.yaml', missing: 'gone' } },
    });
    expect(messages(plan)).toEqual([
      'cannot read the engine\'s --config "c.yaml": gone',
      'cannot use -tp x: "x" is no whole number',
    ]);
  });

  test('that is empty is refused as the engine does', () => {
    expect(messages(planFor({ words, config: null }))).toEqual([
      'cannot use --config c.yaml: c.yaml holds no mapping of options to values',
    ]);
  });

  test('that nobody read is refused', () => {
    expect(messages(planFor({ words }))).toEqual(['cannot use --config c.yaml: the file has not been read']);
    const facts = { engineConfig: { path: 'c.yaml', text: 'x' } };
    expect(messages(makeWith(facts, null))).toEqual(['cannot use --config c.yaml: the file has not been read']);
  });
});

function makeWith(facts: Partial<Facts>, document: YamlReading | null) {
  return makePlan(bareFacts(facts), withOptions(), serve('--config', 'c.yaml'), document);
}
