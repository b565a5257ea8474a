import { expect, test } from 'vitest';

import { admit, compareFields } from '#core/group/admission.ts';
import type { Group } from '#core/group/group.ts';
import { openGroup } from '#core/group/group.ts';
import type { Envelope, Hello, HelloField } from '#core/group/message.ts';

import { gating, joinedBy } from '../../../world/drive.ts';
import { planOf, selfOf } from '../../../world/plan.ts';

const self = { ...selfOf(planOf({ rank: 0, size: 3 }), 'leader'), generation: 'g1' };
const envelope: Envelope = { protocol: { min: 1, max: 1 }, group: 'group-a', incarnation: 'new', epoch: null, seq: 1 };
const hello: Hello = { rank: 1, size: 3, generation: 'g1', host: 'node1', groupPort: 9_441, fields: self.fields };
const leader: Group = openGroup('leader');
// Rank 1 on node1, heard at 5 ms.
const holder = joinedBy(gating({ size: 3 }), 1, 5).state.base.group;

const field = (name: string, value: string | null, digest: string): HelloField => ({ field: name, value, digest });

test.each<[string, Partial<Group>, Partial<Envelope>, Partial<Hello>, string, RegExp]>([
  ['a member that fits', {}, {}, {}, 'admit', /^$/],
  ['of no group at all', {}, { group: null }, {}, 'admit', /^$/],
  ['of no generation', {}, {}, { generation: null }, 'admit', /^$/],
  ['the next protocol that knows ours', {}, { protocol: { min: 1, max: 2 } }, {}, 'admit', /^$/],
  ['a newer protocol', {}, { protocol: { min: 2, max: 3 } }, {}, 'mismatch', /protocol 2-3 is not ours \(1-1\)/],
  ['another group', {}, { group: 'group-b' }, {}, 'mismatch', /group "group-b" is not ours \("group-a"\)/],
  ['another size', {}, {}, { size: 2 }, 'mismatch', /size 2 is not ours \(3\)/],
  ["the leader's rank", {}, {}, { rank: 0 }, 'config', /rank 0 is not a worker's rank/],
  ['a rank beyond the group', {}, {}, { rank: 3 }, 'config', /rank 3 is not a worker's rank/],
  ['the last rank', {}, {}, { rank: 2 }, 'admit', /^$/],
  ['another generation', {}, {}, { generation: 'g0' }, 'peer-lost', /generation "g0" is not ours \("g1"\)/],
  ['too late', { admitting: false }, {}, {}, 'wait', /running or stopping without you/],
  [
    'a differing field',
    {},
    {},
    { fields: [field('engine command', 'vllm serve other', 'ff')] },
    'mismatch',
    /engine command differs: leader has "vllm serve model", member has "vllm serve other"/,
  ],
  [
    'a hidden field that differs',
    {},
    {},
    { fields: [...self.fields, field('api key', null, 'aa')] },
    'mismatch',
    /api key differs: leader has none, member has \(not shown\)/,
  ],
])('a hello with %s', (_, group, more, said, kind, reason) => {
  const answer = admit({ ...leader, ...group }, self, { ...envelope, ...more }, { ...hello, ...said }, 10);
  expect(answer.kind === 'refuse' ? answer.name : answer.kind).toBe(kind);
  expect('reason' in answer ? answer.reason : '').toMatch(reason);
});

test.each<[string, number, Partial<Envelope>, Partial<Hello>, boolean, string]>([
  ['from another host is refused', 1_504, {}, { host: 'other' }, true, 'config'],
  ['from the same host is a restart, and waits', 1_504, {}, {}, true, 'wait'],
  ['of one that is silent is admitted', 1_505, {}, { host: 'other' }, true, 'admit'],
  ['of the very launcher that has it is admitted again', 1_504, { incarnation: 'node1' }, {}, true, 'admit'],
  ['of one that is silent waits while the group runs', 1_505, {}, { host: 'other' }, false, 'wait'],
  ['from another host is refused while the group runs', 1_504, {}, { host: 'other' }, false, 'config'],
])('a rank that is taken, asked for %s', (_, nowMs, more, said, admitting, kind) => {
  const answer = admit({ ...holder, admitting }, self, { ...envelope, ...more }, { ...hello, ...said }, nowMs);
  expect(answer.kind === 'refuse' ? answer.name : answer.kind).toBe(kind);
});

test('a refusal of a taken rank names who has it', () => {
  const answer = admit(holder, self, envelope, { ...hello, host: 'other' }, 10);
  expect(answer).toEqual({ kind: 'refuse', name: 'config', reason: 'rank 1 is taken by a live member on node1' });
});

test.each(['gpu model', 'gpu driver', 'python'])('a different %s is said, not refused', (name) => {
  const ours = { ...self, fields: [field(name, 'a', '1')] };
  const answer = admit(leader, ours, envelope, { ...hello, fields: [field(name, 'b', '2')] }, 10);
  expect(answer).toEqual({ kind: 'admit', remarks: [`${name} differs: leader has "a", member has "b"`] });
});

test('fields are compared by their digests, in both directions', () => {
  const same = field('x', null, '1');
  expect(compareFields([same, field('y', 'a', '2')], [same, field('z', null, '3')])).toEqual([
    { field: 'y', text: 'y differs: leader has "a", member has none' },
    { field: 'z', text: 'z differs: leader has none, member has (not shown)' },
  ]);
});

test('all differences are named in one refusal, long values cut', () => {
  const fields = [field('a', 'x'.repeat(600), '1'), field('b', '1', '1')];
  const ours = { ...self, fields: [field('a', 'y', '2'), field('b', '2', '2')] };
  const answer = admit(leader, ours, envelope, { ...hello, fields }, 10);
  expect('reason' in answer && answer.reason).toBe(
    `a differs: leader has "y", member has "${'x'.repeat(512)}"; b differs: leader has "2", member has "1"`,
  );
});
