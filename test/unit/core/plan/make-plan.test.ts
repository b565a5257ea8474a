import * as v from 'valibot';
import { describe, expect, test } from 'vitest';

import { planSchema } from '#core/plan/schema.ts';

import { lws } from '../identity/who.ts';
import { dynamoPod } from './choose.ts';
import type { Launch } from './plan-for.ts';
import { dynamoWorker, gpus, leaderPlan, planFor, rayFacts, serve } from './plan-for.ts';

const backend = 'nvidia.com/vllm-distributed-executor-backend';
const large = dynamoWorker('--tensor-parallel-size', '16');
const pod = { facts: { inPod: true, gpus: gpus(8) } } as const;
const labels = { ...dynamoPod, 'leaderworkerset.sigs.k8s.io/template-revision-hash': '6f5d8c7b9' };

const scenarios: Readonly<Record<string, Launch>> = {
  single: { words: serve('--tensor-parallel-size', '8') },
  'mp-leader': {
    words: serve('--tensor-parallel-size', '8', '--pipeline-parallel-size', '2'),
    options: { nnodes: 2, 'node-rank': 0, leader: 'node0' },
  },
  'mp-worker': {
    words: serve('--tensor-parallel-size', '8', '--pipeline-parallel-size', '2', '-n', '2'),
    options: { hosts: ['node0', 'node1'] },
    facts: { hostname: 'node1', route: { leader: '10.0.0.1', address: '10.0.0.2', interface: 'eth0' } },
  },
  replicas: { words: serve('--shutdown-timeout', '30'), options: { nnodes: 3, 'node-rank': 2, leader: 'node0' } },
  'data-parallel-leader': {
    words: serve('--data-parallel-size', '16'),
    options: { nnodes: 2, 'node-rank': 0, leader: 'node0' },
  },
  'data-parallel-worker-of-experts': {
    words: serve('-dp=4', '--tensor-parallel-size', '4', '--enable-expert-parallel', '--data-parallel-size-local', '2'),
    options: { hosts: ['node0', 'node1'] },
    facts: { hostname: 'node1', route: { leader: '10.0.0.1', address: '10.0.0.2', interface: 'eth0' } },
  },
  'dynamo-pod-mp-by-annotation': { words: large, env: lws(1, 2), labels, annotations: { [backend]: 'mp' }, ...pod },
  'dynamo-pod-legacy-ray': { words: large, env: lws(0, 2), labels, facts: { ...rayFacts, ...pod.facts } },
  'dynamo-pod-legacy-ray-agent': { words: large, env: lws(1, 2), labels, facts: { ...rayFacts, ...pod.facts } },
  'dynamo-pod-legacy-without-ray': { words: large, env: lws(0, 2), labels, ...pod },
  rehearsal: {
    words: serve('--tensor-parallel-size', '2'),
    options: {
      rehearse: true,
      nnodes: 2,
      'node-rank': 1,
      leader: '127.0.0.1:9441',
      'local-group': 'local-7',
      'group-port': 9443,
    },
    facts: {
      gpus: gpus(1, { source: '--gpus-per-node', devices: false }),
      vllm: null,
      dynamo: null,
      rehearsalProgram: ['/usr/bin/node', '/app/dist/rehearsal.js'],
      executable: { found: false, word: 'vllm', why: 'not-found' },
    },
  },
  'nothing-known': {
    words: ['sh', '-c', 'vllm serve m'],
    env: { LWS_GROUP_SIZE: '2', DYN_SYSTEM_PORT: '99999' },
    annotations: { [backend]: 'x' },
    facts: { gpus: null, vllm: null, dynamo: null },
  },
};

/** JSON for a person to compare: a line for each part, and for each claim, process, gate, warning and error. */
function lines(document: object): string {
  const parts = Object.entries(document).map(([key, value]: [string, unknown]) => {
    const rows = Array.isArray(value) && value.length > 0 ? value.map((row) => `\n    ${JSON.stringify(row)}`) : null;
    return `  ${JSON.stringify(key)}: ${rows === null ? JSON.stringify(value) : `[${rows.join(',')}\n  ]`}`;
  });
  return `{\n${parts.join(',\n')}\n}\n`;
}

describe('whole plans', () => {
  test.each(Object.keys(scenarios))('%s', async (name) => {
    const { document } = planFor(scenarios[name] ?? {});
    // Complete, and nothing beyond the schema: what is parsed has lost what the schema does not name.
    expect(v.parse(planSchema, document)).toStrictEqual(document);
    await expect(lines(document)).toMatchFileSnapshot(`${process.cwd()}/test/cases/plans/${name}.json`);
  });
});

describe('what run needs beside the document', () => {
  test('the problems are the errors, with their codes', () => {
    const { problems, document } = planFor(scenarios['nothing-known'] ?? {});
    expect(document.errors).toEqual(problems.map((problem) => ({ code: 78, ...problem })));
  });

  test('the name of this machine', () => expect(planFor({ facts: { hostname: 'h' } }).host).toBe('h'));

  test.each([
    [serve(), 'engine'],
    [dynamoWorker(), 'engine'],
    [['x'], 'command'],
  ])('what an exit means: of %j it is that of an %s', (words, exits) => expect(planFor({ words }).exits).toBe(exits));

  test.each([
    ['GPUs', gpus(8), 3_000],
    ['none', gpus(0), 500],
    ['CPU slots', gpus(8, { devices: false }), 500],
    ['not known', null, 500],
  ])('how long a better cause may come: %s', (_, known, ms) =>
    expect(planFor({ facts: { gpus: known } }).amendMs).toBe(ms),
  );

  test('remarks come in the order in which a person would mend them', () => {
    const options = { 'annotation-env': ['x'], nnodes: 3, 'node-rank': 5, leader: 'h', 'rehearsal-fault': ['0:die'] };
    const facts = { gpus: null, vllm: null, model: { path: '/m', present: false } };
    const words = dynamoWorker('-tp', 'x', '--nonsense');
    const { document } = planFor({
      words,
      env: { DYN_SYSTEM_PORT: 'x' },
      annotations: { [backend]: 'x' },
      options,
      facts,
    });
    expect(document.errors.map(({ message }) => message.split(' ').slice(0, 5).join(' '))).toEqual([
      'cannot use --annotation-env "x": it',
      'cannot use rank 5 (options:',
      'cannot use -tp x: "x"',
      'cannot choose a backend: annotation',
      'cannot tell the GPUs of',
      'cannot find the model "/m":',
      'cannot use DYN_SYSTEM_PORT "x" of',
      'cannot use --rehearsal-fault "0:die": only',
    ]);
    expect(document.warnings.map(({ code }) => code)).toEqual(['unknown-engine-words']);
  });

  test('the same facts make the same plan', () => expect(leaderPlan()).toEqual(leaderPlan()));
});
