import { describe, expect, test } from 'vitest';

import { hydra, openMpi, pals } from './environments.ts';
import { who } from './who.ts';

describe.each([
  ['openmpi', openMpi, '2774138881', 'OMPI_COMM_WORLD', 'mpirun', 'start it with mpirun --map-by ppr:1:node'],
  ['pmi', hydra, null, 'PMI', 'mpiexec', 'start it with mpiexec -ppn 1'],
] as const)('%s', (name, env, group, prefix, starter, remedy) => {
  test('has rank and size, and asks for the leader', () => {
    const { identity, problems } = who({ env: env(1, 2) });
    expect(problems).toMatchObject([{ name: 'config', hint: 'give --leader HOST[:PORT]' }]);
    expect(problems[0]?.message).toContain(`${name} says size 2 (${prefix}_RANK=1 ${prefix}_SIZE=2`);
    expect(identity).toMatchObject({ role: null, rank: 1, size: 2 });
  });

  test('is whole with the leader', () => {
    const { identity, problems, warnings } = who({ env: env(1, 2), options: { leader: 'n01' } });
    expect(identity).toMatchObject({ source: `${name} + options`, role: 'worker', rank: 1, size: 2, group });
    expect([problems, warnings]).toEqual([[], []]);
  });

  test('of one process is single', () => {
    expect(who({ env: env(0, 1) }).identity).toMatchObject({ source: name, role: 'single' });
  });

  test('with more than one process a node is refused', () => {
    const message = `cannot use the place that ${starter} gives: it started 4 processes on one node, and a node has one launcher`;
    expect(who({ env: env(1, 8, 4), options: { leader: 'n01' } }).problems).toEqual([
      { name: 'config', message, hint: remedy },
    ]);
  });

  test('a rank that is none is refused', () => {
    const env_ = { ...env(1, 2), [`${prefix}_RANK`]: 'x' };
    expect(who({ env: env_ }).problems).toMatchObject([{ name: 'config', hint: `correct ${prefix}_RANK` }]);
  });

  test.each(['RANK', 'SIZE'])('its %s alone is a claim, nothing of it is none', (left) => {
    expect(who({ env: { [`${prefix}_${left}`]: '0' } }).identity.claims).toMatchObject([{ source: name }]);
    expect(who({ env: { PMI_FD: '8', MPI_LOCALNRANKS: '4', OMPI_UNIVERSE_SIZE: '2' } }).identity.claims).toEqual([]);
  });
});

test('srun --mpi=pmi2 gives the job, and no count on the node', () => {
  const env = { PMI_RANK: '1', PMI_SIZE: '2', PMI_JOBID: '1.0', PMI_FD: '14' };
  expect(who({ env, options: { leader: 'n01' } }).identity).toMatchObject({ rank: 1, size: 2, group: '1.0' });
});

test.each(['many', '4x', 'x4', '1'])('a count on the node of %j is no crowd', (count) => {
  const env = { ...hydra(1, 2), MPI_LOCALNRANKS: count };
  expect(who({ env, options: { leader: 'n01' } }).problems).toEqual([]);
});

test('a crowd may have more than one digit', () => {
  expect(who({ env: hydra(1, 32, 16), options: { leader: 'n01' } }).problems).toHaveLength(1);
});

describe('PALS', () => {
  const options = { nnodes: 2, leader: 'n01' };

  test('has the number of the node, if it is trusted', () => {
    expect(who({ env: pals, options }).problems).toMatchObject([
      { hint: 'give --node-rank R, or --trust-source pals' },
    ]);
    expect(who({ env: pals, options: { ...options, 'trust-source': ['pals'] } }).identity).toMatchObject({
      source: 'pals + options',
      rank: 1,
      group: '2b3c',
    });
  });

  test.each([{ PALS_RANKID: '3' }, { PALS_NODEID: '0' }])('%j is a sign of it', (env) => {
    expect(who({ env }).identity.claims).toMatchObject([{ source: 'pals', used: false }]);
  });

  test('PALS_APID alone is none', () => expect(who({ env: { PALS_APID: 'x' } }).identity.claims).toEqual([]));
});
