// A Ray whose GCS answers in a way that we cannot read, as a newer one may. Then numbers take the place of names: the leader
// counts nodes and GPUs by `ray status`, and an agent joins whatever head serves where its leader's should be.
import { fillNode, inUrl } from '#core/plan/node-env.ts';
import type { ProcessSpec, RayPlan } from '#core/plan/plan.ts';
import type { RayCount } from '#upstream/ray/status-text.ts';
import { statusWords } from '#upstream/ray/status-text.ts';

import type { Effect } from './effect.ts';
import type { RayAnswer } from './event.ts';
import { ownRayFolder } from './ray-folder.ts';
import { ownRayAddress, rayMembers, sayMember, sayRayAnswer } from './ray-nodes.ts';
import type { Base } from './state.ts';

/** What the leader names its cluster whose id it cannot read. */
const nameless = 'unknown';

/** Returns what the leader's heartbeats say of its cluster; null until its head answers. */
export const clusterSaid = ({ ray }: Base): string | null => ray?.cluster ?? ((ray?.unknown ?? null) && nameless);

/** Returns the cluster that an agent must join; null where the leader has none or cannot name it. */
export function clusterOf({ plan, group }: Base): string | null {
  const said = plan.fate === 'together' ? (group.peers[0]?.ray ?? null) : null;
  return said === nameless ? null : said;
}

/** Returns why this Ray cannot be read, and the one warning that says so and what is asked instead. */
export function sayUnknown({ plan }: Base, { question, judgement }: RayAnswer): { unknown: string; effect: Effect } {
  const version = plan.ray?.version ?? null;
  const what = question === 'nodes' ? 'its nodes' : 'the id of its cluster';
  const unknown = `cannot read ${what} from the GCS of ${version === null ? 'this Ray' : `Ray ${version}`}: ${sayRayAnswer(judgement)}`;
  const instead =
    plan.ray?.role === 'agent'
      ? 'it is asked only whether it serves, and joined without comparing the id'
      : '`ray status` is asked instead, for the number of its nodes and GPUs; once the engine runs it is not asked any more';
  return { unknown, effect: { kind: 'say', level: 'warn', message: `${unknown}; ${instead}` } };
}

/** Returns the question to Ray's program: the same program and the same environment as the head's. */
export function statusSpec(base: Base, { host, port }: RayPlan): Pick<ProcessSpec, 'argv' | 'env'> {
  const head = base.plan.document.processes.find(({ name }) => name === 'ray-head');
  const env =
    head === undefined ? { set: {}, unset: [] } : fillNode(head, { ...base.node, folder: ownRayFolder(base) }).env;
  return { argv: statusWords(head?.argv[0] ?? 'ray', `${inUrl(ownRayAddress(base) ?? host)}:${port}`), env };
}

/** Returns what is still waited for by numbers alone; null when the engine can start. */
export function gatherCount(base: Base, { nodes, gpus }: RayCount): string | null {
  const { ray, fate } = base.plan;
  if (ray === null) return null;
  const wanted = { nodes: ray.nodes, gpus: ray.nodes * ray.gpusPerNode };
  const silent = fate === 'together' && ray.nodes > 1 ? rayMembers(base).filter(({ ip }) => ip === null) : [];
  if (nodes >= wanted.nodes && gpus >= wanted.gpus && silent.length === 0) return null;
  const counted = `${nodes} of ${wanted.nodes} nodes and ${gpus} of ${wanted.gpus} GPUs are there by \`ray status\``;
  return [counted, ...silent.map((member) => `missing: ${sayMember(member)}`)].join(', ');
}
