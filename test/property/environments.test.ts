import fc from 'fast-check';
import { expect, test } from 'vitest';

import { identify } from '#core/identity/identify.ts';
import { readPodinfo } from '#core/identity/podinfo.ts';
import { askedSources } from '#core/source-names.ts';

import { bareFacts, withOptions } from '../unit/core/bare-facts.ts';
import * as seen from '../unit/core/identity/environments.ts';
import { dynamo, grove, lws } from '../unit/core/identity/who.ts';

type Env = Readonly<Record<string, string>>;

const rank = fc.integer({ min: -1, max: 3 });
const size = fc.integer({ min: 0, max: 3 });
const whole: fc.Arbitrary<Env> = fc.oneof(
  fc.constantFrom<Env>(seen.slurmTask, seen.slurmBatch, seen.kubeRay, seen.kServe, seen.pals),
  fc
    .tuple(fc.constantFrom(seen.openMpi, seen.hydra, seen.torchrun), rank, size, fc.constantFrom(1, 1, 1, 4))
    .map(([of, ...numbers]) => of(...numbers)),
  fc
    .tuple(fc.constantFrom(seen.trainer, seen.pyTorchJob, seen.aibrix, lws), rank, size)
    .map(([of, ...numbers]) => of(...numbers)),
  fc
    .tuple(rank, fc.constantFrom('n01', 'a,b', 'n1,n2,n3', ',', '?'))
    .map(([index, hosts]) => seen.volcano(index, hosts)),
  rank.map(seen.skyPilot),
  fc.tuple(rank, fc.constantFrom('n01', 'vllm-0.vllm.ns', '')).map(([at, leader]) => dynamo(at, leader)),
  fc.tuple(fc.constantFrom('s-ldr', 's-wkr', 's'), rank, size).map((parts) => grove(...parts)),
);

const labels = fc.constantFrom<Env>(
  {},
  seen.jobSetPod(),
  seen.jobSetPod('4', '3'),
  { 'apps.kubernetes.io/pod-index': '1', 'controller-revision-hash': 'x' },
  { 'ray.io/replica-host-index': '1' },
);

const names = Object.keys({
  ...seen.slurmTask,
  ...seen.openMpi(0, 1),
  ...seen.hydra(0, 1),
  ...seen.torchrun(0, 1),
  ...seen.trainer(0, 1),
  ...seen.volcano(0, 'a'),
  ...seen.aibrix(0, 1),
  ...seen.skyPilot(0),
  ...seen.kServe,
  SLURM_HET_SIZE: '',
});
const value = fc.oneof(
  fc.constantFrom('', '0', '1', '2', '1:2', 'n[01-02]', 'n[1-65536]m[1-65536]', '1(x2)', 'n1', '::1', '__proto__'),
  fc.string({ unit: 'binary' }),
  fc.string().map((text) => text.repeat(50)),
);
const loose = fc.dictionary(fc.constantFrom(...names), value, { maxKeys: 6 });

const environment = fc
  .tuple(fc.array(whole, { maxLength: 3 }), loose)
  .map(([systems, rest]): Env => Object.assign({}, ...systems, rest) as Env);
const options = fc.record({
  nnodes: fc.option(size),
  'node-rank': fc.option(rank),
  leader: fc.option(fc.constantFrom('n01', '10.0.0.1:7')),
  'trust-source': fc.option(fc.subarray([...askedSources])),
});

const podinfo = (values: Env) => ({
  ...readPodinfo(bareFacts(), withOptions()),
  labels: values,
});

// oxlint-disable-next-line no-control-regex -- control characters are what it looks for
const oneLine = /^[^\u0000-\u001f]{1,4000}$/;

// What was found on the way, so that the property cannot hold for want of groups.
const found = { groups: 0, refused: 0, single: 0 };

test('of any number of host systems at once there is a place that holds, or a reason; never both, never a guess', () => {
  fc.assert(
    fc.property(environment, labels, options, (env, labelled, typed) => {
      const chosen = withOptions(typed);
      const { identity, problems, warnings } = identify(bareFacts({ env }), podinfo(labelled), chosen);
      expect(identity.role === null).toBe(problems.length > 0);
      found[identity.role === null ? 'refused' : identity.role === 'single' ? 'single' : 'groups'] += 1;
      for (const { message } of [...problems, ...warnings]) expect(message).toMatch(oneLine);
      for (const { why } of identity.claims) expect(why).toMatch(oneLine);
      const used = identity.claims.filter((claim) => claim.used).map(({ source }) => source);
      const silent = askedSources.filter((name) => !(typed['trust-source'] ?? []).includes(name));
      expect(used.filter((source) => silent.some((name) => name === source))).toEqual([]);
      if (identity.role === null) return;
      const { rank: at, size: of, leader, nodes } = identity;
      if (at === null || of === null) throw new Error('a role has a rank and a size');
      expect(at >= 0 && at < of).toBe(true);
      expect(identity.role).toBe(of === 1 ? 'single' : at === 0 ? 'leader' : 'worker');
      expect(leader !== null).toBe(of > 1);
      if (nodes !== null) expect(nodes).toHaveLength(of);
      const said = [...Object.values(env), ...Object.values(labelled), ...Object.values(typed)].map(String);
      // Every number was read somewhere: as it is, or one more than an index of Grove.
      if (of > 1) expect(said).toContain(String(of));
      if (of > 1) expect(said.includes(String(at)) || said.includes(String(at - 1))).toBe(true);
    }),
    { numRuns: 4_000 },
  );
  expect(Object.values(found).every((count) => count > 200)).toBe(true);
});
