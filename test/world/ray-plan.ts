// What differs in the plan of a simulated group under Ray: a head and the engine beside it, or an agent alone.
import type { ProcessName, ProcessSpec, RayPlan } from '#core/plan/plan.ts';

export type RayOutcome = 'ray' | 'elastic-ep';

/** The variable in which the folder of a Ray process stands here; its words are its title, and the same for all. */
export const folderVariable = 'RAY_TMPDIR';
export const rayPort = 6_379;

const argvs: { readonly [N in ProcessName]: readonly string[] } = {
  'ray-head': ['ray', 'start', '--head', '--block'],
  'ray-agent': ['ray', 'start', '--block'],
  engine: ['vllm', 'serve', 'model'],
};

export function rayProcessesFor(rank: number, leader: string): ProcessSpec[] {
  const ray = (name: ProcessName, more: readonly string[]): ProcessSpec => ({
    name,
    argv: [...argvs[name], '--node-ip-address={node-address}', ...more],
    env: { set: { [folderVariable]: '{ray-folder}' }, unset: [] },
    after: [],
  });
  if (rank > 0) return [ray('ray-agent', [`--address=${leader}:${rayPort}`])];
  const engine: ProcessSpec = { name: 'engine', argv: argvs.engine, env: { set: {}, unset: [] }, after: ['ray-head'] };
  return [ray('ray-head', []), engine];
}

export const rayPlanFor = (outcome: RayOutcome, rank: number, size: number, leader: string): RayPlan => ({
  role: rank === 0 ? 'head' : 'agent',
  host: leader,
  port: rayPort,
  address: null,
  nodes: outcome === 'elastic-ep' ? 1 : size,
  gpusPerNode: 1,
  temp: '/tmp',
  joins: outcome === 'elastic-ep' ? 'when-leader-ready' : 'at-once',
  version: '2.60.0',
});
