// A machine under Ray driven by hand: the leader and a worker of two nodes, up to where their stories begin.
import type { RayPlan } from '#core/plan/plan.ts';
import type { GcsJudgement } from '#upstream/ray/judge.ts';
import type { RayNode } from '#upstream/ray/node.ts';

import type { Driven } from './drive.ts';
import { after, done, framed, opened, theEpoch, tick } from './drive.ts';

export const cluster = 'c'.repeat(56);
export const head: RayPlan = {
  role: 'head',
  host: 'node0',
  port: 6379,
  address: null,
  nodes: 2,
  gpusPerNode: 1,
  temp: '/tmp',
  joins: 'at-once',
  version: '2.60.0',
};
export const agent: RayPlan = { ...head, role: 'agent' };
const spec = (name: 'engine' | 'ray-head' | 'ray-agent') => ({
  name,
  argv: {
    engine: ['vllm', 'serve'],
    'ray-head': ['ray', 'start', '--head'],
    'ray-agent': ['ray', 'start', '--address=x'],
  }[name],
  env: { set: {}, unset: [] },
  after: [],
});

export const rayNode = (ip: string, more: Partial<RayNode> = {}): RayNode => ({
  id: '0'.repeat(56),
  ip,
  hostname: 'h',
  name: ip,
  state: 'alive',
  isHead: ip === '10.0.0.1',
  gpus: 1,
  cpus: 1,
  nodeManagerPort: 6380,
  sessionDir: null,
  tempDir: null,
  death: null,
  ...more,
});
export const both = [rayNode('10.0.0.1'), rayNode('10.0.0.2')];

/** The launcher of a rank with Ray in its plan, at its group gate. */
function gate(rank: number, plan: RayPlan): Driven {
  const driven = opened({ rank, size: 2, dns: true });
  const { base } = driven.state;
  const processes = plan.role === 'head' ? [spec('ray-head'), spec('engine')] : [spec('ray-agent')];
  const document = { ...base.plan.document, processes };
  const state = { ...driven.state, base: { ...base, plan: { ...base.plan, document, ray: plan } } };
  const own = `10.0.0.${rank + 1}`;
  const launched = after({ state, effects: [] }, 0, { kind: 'launchRequested' });
  return after(launched, 1, { kind: 'nameResolved', address: '10.0.0.1', own, interface: 'eth0' });
}

const hello = { rank: 1, size: 2, generation: null, host: 'node1', groupPort: 9_441, fields: [] };

/** The leader right after all are in. */
export function leader(plan: RayPlan = head): Driven {
  let driven = after(gate(0, plan), 2, { kind: 'listenerOpened' });
  driven = after(driven, 3, { kind: 'linkOpened', link: 1, address: '10.0.0.2', by: 'them' });
  const { fields } = driven.state.base.self;
  return after(driven, 4, framed(1, 1, { kind: 'hello', hello: { ...hello, fields } }));
}

/** A worker right after the leader started all. */
export function worker(plan: RayPlan = agent): Driven {
  let driven = after(gate(1, plan), 2, { kind: 'listenerOpened' });
  driven = tick(driven, 3);
  driven = after(driven, 4, { kind: 'linkOpened', link: 9, address: '10.0.0.1', by: 'us' });
  driven = after(driven, 5, framed(9, 0, { kind: 'challenge', key: 'k', generation: null }));
  driven = after(driven, 6, framed(9, 0, { kind: 'welcome', rank: 0, host: 'node0' }));
  return after(driven, 7, framed(9, 0, { kind: 'start', epoch: theEpoch }));
}

export const said = (driven: Driven, atMs: number, judgement: GcsJudgement<'clusterId'>): Driven =>
  after(driven, atMs, { kind: 'rayAnswered', epoch: 1, question: 'clusterId', judgement });
export const told = (driven: Driven, atMs: number, nodes: readonly RayNode[]): Driven =>
  after(driven, atMs, {
    kind: 'rayAnswered',
    epoch: 1,
    question: 'nodes',
    judgement: { kind: 'answered', answer: nodes },
  });
export const spawned = (driven: Driven, atMs: number, name: 'engine' | 'ray-head' | 'ray-agent', pid: number): Driven =>
  after(driven, atMs, { kind: 'childSpawned', epoch: 1, name, pid, startTicks: 7 });
export const beat = (driven: Driven, atMs: number, ray: string, ready = false): Driven =>
  after(
    driven,
    atMs,
    framed(driven.state.base.self.rank === 0 ? 1 : 9, driven.state.base.self.rank === 0 ? 1 : 0, {
      kind: 'heartbeat',
      phase: 'assembling',
      ready,
      missing: [],
      ray,
    }),
  );
export const starts = (driven: Driven): string[] => done(driven, 'spawnChild').map(({ spec: { name } }) => name);
export const causeOf = (driven: Driven) => driven.state.base.verdict?.cause;

/** The leader whose head runs and answers. */
export function headed(): Driven {
  const started = spawned(said(leader(), 10, { kind: 'refused' }), 12, 'ray-head', 100);
  return said(tick(started, 120), 130, { kind: 'answered', answer: cluster });
}

/** The leader whose engine runs. */
export const serving = (): Driven => spawned(told(beat(headed(), 140, '10.0.0.2'), 150, both), 160, 'engine', 200);
