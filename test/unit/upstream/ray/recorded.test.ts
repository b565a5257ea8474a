import { expect, test } from 'vitest';

import { judgeGcsAnswer } from '#upstream/ray/judge.ts';
import { compareNodes } from '#upstream/ray/joined.ts';
import { gcsBody, gcsPaths } from '#upstream/ray/question.ts';
import type { GcsQuestion } from '#upstream/ray/question.ts';
import type { RayNode } from '#upstream/ray/node.ts';

import { bytesOf, raw, recorded, versions } from './recorded.ts';
import type { DecodedNode } from './recorded.ts';

const hex = (base64: string): string => Buffer.from(base64, 'base64').toString('hex');

/** A node as Ray's own generated code reads it, in our words. */
const inOurWords = (node: DecodedNode): RayNode => ({
  id: hex(node.node_id),
  ip: node.node_manager_address,
  hostname: node.node_manager_hostname,
  name: node.node_name,
  state: node.state === 'DEAD' ? 'dead' : 'alive',
  isHead: node.is_head_node ?? false,
  gpus: node.resources_total['GPU'] ?? 0,
  cpus: node.resources_total['CPU'] ?? 0,
  nodeManagerPort: node.node_manager_port,
  sessionDir: node.session_dir ?? null,
  tempDir: node.temp_dir ?? null,
  death: node.death_info === undefined ? null : { reason: 'unexpected', message: node.death_info.reason_message },
});

const states = ['one node', 'two nodes', 'one alive, one dead', 'joined again', 'two alive at one address'];

function nodesOf(version: string, name: string): readonly RayNode[] {
  const judged = judgeGcsAnswer('nodes', raw(version, name));
  if (judged.kind !== 'answered') throw new Error(JSON.stringify(judged));
  return judged.answer;
}

const each = versions.flatMap((version) => states.map((name) => [version, name] as const));

test.each(each)("Ray %s, %s: we read what Ray's own code reads", (version, name) => {
  const theirs = recorded(version, name).decoded?.node_info_list ?? [];
  expect(theirs.length).toBeGreaterThan(0);
  expect(nodesOf(version, name)).toEqual(theirs.map(inOurWords));
});

test.each(versions)('Ray %s: the head has one GPU, the agent four, one CPU each', (version) => {
  const two = nodesOf(version, 'two nodes').map(({ ip, gpus, cpus, isHead, hostname }) => [
    ip,
    gpus,
    cpus,
    isHead,
    hostname,
  ]);
  expect(two).toHaveLength(2);
  expect(two).toEqual(
    expect.arrayContaining([
      ['10.77.0.10', 1, 1, true, 'node-0'],
      ['10.77.0.11', 4, 1, false, 'node-1'],
    ]),
  );
});

const ips = ['10.77.0.10', '10.77.0.11'];

test.each(
  versions.flatMap(
    (version) =>
      [
        [version, 'one node', { ready: false, present: 1, missing: ['10.77.0.11'], doubled: [] }],
        [version, 'two nodes', { ready: true, present: 2, missing: [], doubled: [], short: [], surplus: [] }],
        [version, 'one alive, one dead', { ready: false, present: 1, missing: ['10.77.0.11'], doubled: [] }],
        [version, 'joined again', { ready: true, present: 2, missing: [], doubled: [] }],
        [
          version,
          'two alive at one address',
          { ready: false, present: 2, missing: [], doubled: [{ ip: '10.77.0.11' }] },
        ],
      ] as const,
  ),
)('Ray %s, %s: is compared with what is wanted', (version, name, expected) => {
  expect(compareNodes(nodesOf(version, name), { nodes: 2, gpusEach: 1, ips })).toMatchObject(expected);
});

test.each(versions)('Ray %s: who died and why', (version) => {
  const dead = nodesOf(version, 'one alive, one dead').filter(({ state }) => state === 'dead');
  expect(dead).toMatchObject([
    { ip: '10.77.0.11', death: { reason: 'unexpected', message: expect.stringMatching(/\w+/) as string } },
  ]);
});

test.each(versions)('Ray %s: the session is told from 2.60 on', (version) => {
  const [head] = nodesOf(version, 'one node');
  if (version === '2.48.0') expect(head).toMatchObject({ sessionDir: null, tempDir: null });
  else expect(head).toMatchObject({ sessionDir: expect.stringMatching(/^\/mnt\/ray0\/session_/) as string });
});

test.each(versions)('Ray %s: versions, cluster id and health', (version) => {
  expect(judgeGcsAnswer('version', raw(version, 'alive'))).toEqual({ kind: 'answered', answer: version });
  expect(judgeGcsAnswer('clusterId', raw(version, 'cluster id'))).toEqual({
    kind: 'answered',
    answer: hex(recorded(version, 'cluster id').decoded?.cluster_id ?? ''),
  });
  expect(judgeGcsAnswer('metadata', raw(version, 'metadata'))).toEqual({
    kind: 'answered',
    answer: { rayVersion: version, pythonVersion: '3.11.7' },
  });
  for (const server of ['GCS', 'raylet'])
    expect(judgeGcsAnswer('health', raw(version, `health of the ${server}`))).toEqual({
      kind: 'answered',
      answer: 'serving',
    });
});

test.each(versions)('Ray %s: refusals of the GCS and of gRPC', (version) => {
  expect(judgeGcsAnswer('metadata', raw(version, 'no such key'))).toMatchObject({ kind: 'gcs-error', code: 17 });
  expect(judgeGcsAnswer('nodes', raw(version, 'no such method'))).toEqual({
    kind: 'grpc-error',
    code: 12,
    message: '',
  });
});

test('token mode: without the right token there is no list, health is there in any case', () => {
  for (const name of ['without the token', 'with another token'])
    expect(judgeGcsAnswer('nodes', raw('2.60.0', name))).toEqual({
      kind: 'authentication',
      message: 'InvalidAuthToken: Authentication token is missing or incorrect',
    });
  expect(nodesOf('2.60.0', 'with the token')).toHaveLength(1);
  for (const server of ['GCS', 'raylet'])
    expect(judgeGcsAnswer('health', raw('2.60.0', `health of the ${server} without the token`))).toMatchObject({
      answer: 'serving',
    });
});

const asked: readonly (readonly [GcsQuestion, string])[] = [
  ['nodes', 'one node'],
  ['version', 'alive'],
  ['clusterId', 'cluster id'],
  ['metadata', 'metadata'],
  ['health', 'health of the GCS'],
];

test.each(asked)('we ask for %s as it was asked when it was recorded', (question, name) => {
  for (const version of versions) {
    const { path, request } = recorded(version, name);
    expect(gcsPaths[question]).toBe(path);
    const body = gcsBody(question);
    expect([...body.subarray(0, 5)]).toEqual([0, 0, 0, 0, body.length - 5]);
    expect([...body.subarray(5)]).toEqual([...bytesOf(request)]);
  }
});
