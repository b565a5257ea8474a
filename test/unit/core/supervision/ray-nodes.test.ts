// Who of the group is in Ray's cluster, and the words for it.
import { expect, test } from 'vitest';

import type { LaunchPlan, RayPlan } from '#core/plan/plan.ts';
import type { RayAnswer } from '#core/supervision/event.ts';
import { gatherNodes, ownRayAddress, rayMembers, sayRayAnswer } from '#core/supervision/ray-nodes.ts';
import type { Base } from '#core/supervision/state.ts';
import type { RayNode } from '#upstream/ray/node.ts';

import { beat, both, headed, leader, rayNode } from '../../../world/drive-ray.ts';

type Wish = { readonly ray?: Partial<RayPlan>; readonly fate?: LaunchPlan['fate'] };

/** The leader of two nodes at 10.0.0.1, whose worker has said that it is at 10.0.0.2. */
function known({ ray, fate }: Wish = {}): Base {
  const { base } = beat(headed(), 140, '10.0.0.2').state;
  const plan = base.plan.ray === null ? null : { ...base.plan.ray, ...ray };
  return { ...base, plan: { ...base.plan, fate: fate ?? base.plan.fate, ray: plan } };
}
const [first, second] = both as [RayNode, RayNode];
const ready = { kind: 'ready' };
const waits = (present: string, missing: string) => ({
  kind: 'waits',
  why: `${present} nodes are there; missing: ${missing}`,
});
const gone = (node: RayNode): RayNode => ({ ...node, state: 'dead' });

test.each<[string, Wish, readonly RayNode[], object]>([
  ['all are in', {}, both, ready],
  ['one is not', {}, [first], waits('1 of 2', 'rank 1 (node1, 10.0.0.2)')],
  ['the head is not', {}, [second], waits('1 of 2', "rank 0 (node0, 10.0.0.1), the head's own node")],
  ['one is dead', {}, [first, gone(second)], waits('1 of 2', 'rank 1 (node1, 10.0.0.2)')],
  [
    'one leaves',
    {},
    [first, { ...second, state: 'draining' }],
    waits('1 of 2', 'rank 1 (node1, 10.0.0.2), 10.0.0.2 is draining'),
  ],
  [
    'one is there twice',
    {},
    [first, second, { ...second, id: '1'.repeat(56) }],
    waits('2 of 2', 'two nodes at 10.0.0.2, until Ray finds the old one dead'),
  ],
  ['the head is no head', {}, [{ ...first, isHead: false }, second], waits('2 of 2', "the head's own node")],
  ['a stranger is in its place', {}, [first, rayNode('10.0.0.9')], waits('1 of 2', 'rank 1 (node1, 10.0.0.2)')],
  ['one node is enough', { ray: { nodes: 1 } }, [first], ready],
  [
    'the one node is not there',
    { ray: { nodes: 1 } },
    [second],
    waits('0 of 1', "rank 0 (node0, 10.0.0.1), the head's own node"),
  ],
  ['more are planned than are members', { ray: { nodes: 3 } }, both, waits('2 of 3', 'not known who')],
  ['all are in, and not known', { fate: 'apart' }, [first, rayNode('10.0.0.9')], ready],
  ['one is not, and not known', { fate: 'apart' }, [first], waits('1 of 2', 'not known who')],
])('where %s, that is what is said', (_, wish, nodes, gathered) => {
  expect(gatherNodes(known(wish), nodes)).toEqual(gathered);
});

test('who has not said where it is, is missing, whoever is there', () => {
  const { base } = headed().state;
  expect(gatherNodes(base, both)).toEqual(waits('1 of 2', 'rank 1 (node1)'));
  const fates = { ...base, plan: { ...base.plan, fate: 'apart' as const } };
  expect(gatherNodes(fates, both)).toEqual(ready);
});

test.each<[string, Wish, string, number | null, string]>([
  ['a member', {}, '10.0.0.2', 1, "Ray's node 10.0.0.2 (rank 1) has 1 GPUs, and 2 are planned"],
  ['nobody we know', { fate: 'apart' }, '10.0.0.9', null, "Ray's node 10.0.0.9 has 1 GPUs, and 2 are planned"],
])('%s with fewer GPUs than planned will not get more', (_, wish, ip, rank, words) => {
  const nodes = [{ ...first, gpus: 2 }, rayNode(ip)];
  const base = known({ ...wish, ray: { gpusPerNode: 2 } });
  expect(gatherNodes(base, nodes)).toEqual({ kind: 'short', rank, message: `cannot start the engine: ${words}` });
});

test('without Ray nobody is waited for', () => {
  const base = known();
  expect(gatherNodes({ ...base, plan: { ...base.plan, ray: null } }, [])).toEqual(ready);
  expect(ownRayAddress({ ...base, plan: { ...base.plan, ray: null } })).toBe('10.0.0.1');
});

test('the members and their addresses, the user’s own choice before the route to the leader', () => {
  expect(rayMembers(known())).toEqual([
    { rank: 0, host: 'node0', ip: '10.0.0.1' },
    { rank: 1, host: 'node1', ip: '10.0.0.2' },
  ]);
  expect(rayMembers(leader().state.base)[1]).toEqual({ rank: 1, host: 'node1', ip: null });
  expect(ownRayAddress(known({ ray: { address: '192.168.0.1' } }))).toBe('192.168.0.1');
});

test.each<[RayAnswer['judgement'], string]>([
  [{ kind: 'answered', answer: 'serving' }, 'it answers'],
  [{ kind: 'refused' }, 'connection refused'],
  [{ kind: 'unreachable', reason: 'no route' }, 'no route'],
  [{ kind: 'unresolved', reason: 'name not resolved' }, 'name not resolved'],
  [{ kind: 'unreadable', reason: 'no status' }, 'no status'],
  [{ kind: 'half-answer', bytes: 3, reason: '3 bytes are missing' }, 'half an answer (3 bytes are missing)'],
  [{ kind: 'hangs', while: 'connecting' }, 'no connection in time'],
  [{ kind: 'hangs', while: 'answering' }, 'it does not answer in time'],
  [{ kind: 'not-ray', speaks: 'HTTP/1' }, 'it is not Ray but speaks HTTP/1'],
  [{ kind: 'authentication', message: 'InvalidAuthToken' }, 'its token is another one: InvalidAuthToken'],
  [{ kind: 'too-large', bytes: 5 }, 'an answer of more than 5 bytes'],
  [{ kind: 'grpc-error', code: 12, message: 'unknown method' }, 'error 12: unknown method'],
  [{ kind: 'gcs-error', code: 10, message: 'no such field' }, 'error 10: no such field'],
])('%j is said in words', (judgement, words) => {
  expect(sayRayAnswer(judgement)).toBe(words);
});
