import { describe, expect, test } from 'vitest';

import { openMpi, slurmBatch, slurmTask } from './environments.ts';
import { who } from './who.ts';

const here = { hostname: 'n02' };
const step = (changed: Readonly<Record<string, string>> = {}, hostname = 'n02') =>
  who({ env: { ...slurmTask, ...changed }, facts: { hostname } });
const settled = 'give --nnodes, --node-rank and --leader';

describe('a Slurm step', () => {
  test('of srun -N2 -n2 tells the whole place', () => {
    const { identity, problems, warnings } = step();
    expect([problems, warnings]).toEqual([[], []]);
    expect(identity).toEqual({
      source: 'slurm',
      role: 'worker',
      rank: 1,
      size: 2,
      leader: { host: 'n01', port: 9441, via: 'SLURM_STEP_NODELIST' },
      group: '1.0',
      generation: '1.0',
      nodes: ['n01', 'n02'],
      claims: [
        {
          source: 'slurm',
          complete: true,
          used: true,
          why: 'gives rank 1, size 2, leader n01 (SLURM_JOB_ID=1 SLURM_JOB_NUM_NODES=2 SLURM_STEP_ID=0 SLURM_NODEID=1 SLURM_STEP_NUM_NODES=2 SLURM_STEP_NODELIST=n[01-02] SLURM_STEP_TASKS_PER_NODE=1(x2) SLURMD_NODENAME=n02)',
        },
      ],
    });
  });

  test('that was requeued is another generation', () => {
    expect(step({ SLURM_RESTART_COUNT: '1' }).identity).toMatchObject({ group: '1.0', generation: '1.0 restart 1' });
  });

  test('on some nodes of its job has its own list and its own first host', () => {
    const { identity } = step({
      SLURM_JOB_NUM_NODES: '3',
      SLURM_JOB_NODELIST: 'n[01-03]',
      SLURM_NODELIST: 'n[01-03]',
      SLURM_STEP_NODELIST: 'n[02-03]',
      SLURM_NODEID: '0',
      SLURM_PROCID: '0',
    });
    expect(identity).toMatchObject({
      role: 'leader',
      rank: 0,
      size: 2,
      leader: { host: 'n02' },
      nodes: ['n02', 'n03'],
    });
  });

  test('counts nodes, not processes: -m arbitrary gives process 0 to another node', () => {
    const { identity, problems } = step({ SLURM_PROCID: '0', SLURM_STEP_NODELIST: 'n[01,02]' });
    expect([identity.rank, identity.leader?.host, problems]).toEqual([1, 'n01', []]);
  });

  test('of one node in a job of one node is single', () => {
    const env = { SLURM_JOB_NUM_NODES: '1', SLURM_STEP_NUM_NODES: '1', SLURM_STEP_NODELIST: 'n02', SLURM_NODEID: '0' };
    const { identity, warnings, problems } = step({ ...env, SLURM_STEP_TASKS_PER_NODE: '1' });
    expect(identity).toMatchObject({ source: 'slurm', role: 'single', rank: 0, size: 1, leader: null });
    expect([warnings, problems]).toEqual([[], []]);
  });

  test('of one node has no rank for a larger group', () => {
    const env = { SLURM_JOB_NUM_NODES: '1', SLURM_STEP_NUM_NODES: '1', SLURM_STEP_NODELIST: 'n02', SLURM_NODEID: '0' };
    const { problems } = who({ env: { ...slurmTask, ...env }, options: { nnodes: 2 }, facts: here });
    expect(problems).toMatchObject([{ name: 'config', hint: 'give --node-rank R and --leader HOST[:PORT]' }]);
  });

  test('with names of more nodes than are worth the memory has no list of members', () => {
    const env = { SLURM_STEP_NUM_NODES: '5000', SLURM_STEP_NODELIST: 'n[0001-5000]', SLURMD_NODENAME: 'n0002' };
    const { identity, problems } = step({ ...env, SLURM_STEP_TASKS_PER_NODE: '1(x5000)' });
    expect([identity.size, identity.nodes, identity.leader?.host, problems]).toEqual([5000, null, 'n0001', []]);
    const fewer = { SLURM_STEP_NUM_NODES: '4096', SLURM_STEP_NODELIST: 'n[0001-4096]', SLURMD_NODENAME: 'n0002' };
    expect(step(fewer).identity.nodes).toHaveLength(4096);
  });

  test('works without what older or narrower steps leave out', () => {
    const env = { SLURM_JOB_ID: '', SLURM_STEP_TASKS_PER_NODE: '', SLURMD_NODENAME: '', SLURM_JOB_NUM_NODES: '' };
    expect(step(env)).toMatchObject({ identity: { rank: 1, size: 2, group: '.0' }, problems: [] });
  });
});

describe('a Slurm step is refused, and says what settles it', () => {
  test.each([
    [
      'two tasks on a node',
      { SLURM_STEP_TASKS_PER_NODE: '2(x2)' },
      'cannot use the place that the Slurm step gives: it started 2 processes on one node, and a node has one launcher',
      'start it with srun --ntasks-per-node=1',
    ],
    [
      'tasks that cannot be read',
      { SLURM_STEP_TASKS_PER_NODE: '1(2)' },
      'cannot read SLURM_STEP_TASKS_PER_NODE "1(2)": it is no list of numbers such as 1(x2)',
      settled,
    ],
    [
      'a heterogeneous job',
      { SLURM_HET_SIZE: '2' },
      'cannot use the place in a heterogeneous job (SLURM_HET_SIZE=2): its nodes are numbered over all components',
      settled,
    ],
    [
      'a list that is none',
      { SLURM_STEP_NODELIST: 'n[01' },
      'cannot read SLURM_STEP_NODELIST "n[01": "n[01" is no hostlist: "[" does not belong there',
      settled,
    ],
    [
      'a list of millions',
      { SLURM_STEP_NODELIST: 'n[1-2000]m[1-2000]' },
      'cannot read SLURM_STEP_NODELIST "n[1-2000]m[1-2000]": it names 4000000 hosts, more than 65536',
      settled,
    ],
    [
      'a list of another length',
      { SLURM_STEP_NODELIST: 'n[01-03]' },
      'cannot use SLURM_STEP_NODELIST "n[01-03]": it names 3 hosts of 2',
      settled,
    ],
    [
      'another name at its rank',
      { SLURMD_NODENAME: 'n07' },
      'cannot use SLURM_STEP_NODELIST "n[01-02]": rank 1 is n02 there, but this node is n07',
      settled,
    ],
    [
      'a rank that is none',
      { SLURM_NODEID: 'x' },
      'cannot use the rank "x" of SLURM_NODEID: it is not a whole number',
      'correct SLURM_NODEID',
    ],
    [
      'a size that is none',
      { SLURM_STEP_NUM_NODES: '-2' },
      'cannot use the number of nodes "-2" of SLURM_STEP_NUM_NODES: it is less than 1',
      'correct SLURM_STEP_NUM_NODES',
    ],
  ])('%s', (_, env, message, hint) => {
    const { problems, identity } = step(env, 'elsewhere');
    expect(problems).toEqual([{ name: 'config', message, hint }]);
    expect(identity.role).toBeNull();
  });

  test('a component of one is no heterogeneous job', () => {
    expect(step({ SLURM_HET_SIZE: '1' }).problems).toEqual([]);
  });

  test('a rank beyond the list', () => {
    expect(step({ SLURM_NODEID: '2' }, 'elsewhere').problems).toMatchObject([
      { message: expect.stringContaining('has ranks 0 to 1') },
    ]);
  });

  test('without its list or its number it is not whole', () => {
    expect(step({ SLURM_STEP_NODELIST: '' }).problems).toMatchObject([{ hint: 'give --leader HOST[:PORT]' }]);
    expect(step({ SLURM_NODEID: '' }).problems).toMatchObject([{ hint: 'give --node-rank R' }]);
  });

  test('what is wrong with it is told and passed over where the options decide', () => {
    const options = { nnodes: 2, 'node-rank': 1, leader: 'n01' };
    const { problems, warnings } = who({ env: { ...slurmTask, SLURM_HET_SIZE: '2' }, options, facts: here });
    expect([problems, warnings.map(({ code }) => code)]).toEqual([[], ['source-ignored']]);
  });
});

describe('Slurm numbers that are no place', () => {
  test.each([
    [
      'the batch script',
      slurmBatch,
      'the job has 2 nodes, but this is no step of it: srun --ntasks-per-node=1 starts one launcher a node',
    ],
    [
      'a step of one node in a job of several, as recipes start them on each',
      { ...slurmTask, SLURM_NODEID: '0', SLURM_STEP_NUM_NODES: '1', SLURM_STEP_NODELIST: 'n02' },
      'a step of one node in a job of 2 has the same numbers on every node: where they are one group, give --nnodes, --node-rank and --leader',
    ],
    [
      'the step of the daemons of mpirun',
      { ...slurmTask, ...openMpi(0, 1) },
      "the step is that of mpirun's own daemons",
    ],
  ])('%s: nothing is guessed, and why is told', (_, env, why) => {
    const { identity, problems, warnings } = who({ env, facts: here });
    expect([identity.role, identity.rank, problems]).toEqual(['single', 0, []]);
    const row = identity.claims.find(({ source }) => source === 'slurm');
    expect(row).toMatchObject({
      complete: false,
      used: false,
      why: expect.stringContaining(`; ${why} (SLURM_JOB_ID=1`),
    });
    if (identity.source === null)
      expect(warnings).toMatchObject([
        {
          code: 'identity-incomplete',
          message: expect.stringContaining(`which is no whole identity (${why}): this node runs alone`),
        },
      ]);
  });

  test('a batch script on one node is a machine like any other', () => {
    const { identity, warnings } = who({ env: { ...slurmBatch, SLURM_JOB_NUM_NODES: '1' } });
    expect([identity.role, identity.source, warnings]).toEqual(['single', null, []]);
    expect(identity.claims).toMatchObject([
      { source: 'slurm', why: expect.stringMatching(/^says no rank, size or leader; nothing proves/) },
    ]);
  });

  test('a batch script on one node under mpirun has no step to explain', () => {
    const env = { ...slurmBatch, SLURM_JOB_NUM_NODES: '1', ...openMpi(0, 1) };
    const row = who({ env }).identity.claims.find(({ source }) => source === 'slurm');
    expect(row?.why).toMatch(/^openmpi decides; adds nothing to it \(SLURM_JOB_ID=1/);
  });

  test('with --nnodes, --node-rank and --leader a step a node is a group', () => {
    const env = { ...slurmTask, SLURM_NODEID: '0', SLURM_STEP_NUM_NODES: '1', SLURM_STEP_NODELIST: 'n02' };
    const { identity, problems } = who({ env, options: { nnodes: 2, 'node-rank': 1, leader: 'n01' }, facts: here });
    expect([identity.role, identity.rank, problems]).toEqual(['worker', 1, []]);
  });

  test('and never lend a rank where the options leave it open', () => {
    const env = { ...slurmTask, SLURM_NODEID: '0', SLURM_STEP_NUM_NODES: '1', SLURM_STEP_NODELIST: 'n02' };
    const { problems } = who({ env, options: { nnodes: 2, leader: 'n01' }, facts: here });
    expect(problems).toMatchObject([{ name: 'config', hint: 'give --node-rank R' }]);
  });

  test('outside Slurm there is no claim, whatever else is set', () => {
    expect(who({ env: { SLURM_CONF: '/etc/slurm.conf', SLURM_NODEID: '1' } }).identity.claims).toEqual([]);
  });
});
