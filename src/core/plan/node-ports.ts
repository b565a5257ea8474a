// The ports that this node binds, Ray's aside: ours, the engine's, and those of each data-parallel rank here.
import type { Problem } from '#core/errors.ts';
import { problem } from '#core/errors.ts';
import { cachePorts, metricPorts } from '#upstream/vllm/rank-ports.ts';

import { ranksPlace } from './data-parallel.ts';
import { enginePort, fateOf } from './gates.ts';
import type { Decided, Remarks } from './launch.ts';
import { usesRay } from './launch.ts';
import type { NodePort } from './plan.ts';

/** Returns a problem for every two that are the same; members with the same options are refused alike, though not all bind them. */
export function portRemarks(launch: Decided): Remarks {
  const ports = launch.decision.outcome === null ? [] : nodePorts(launch);
  const problems = ports.flatMap((one, at) => ports.slice(at + 1).flatMap((other) => collision(one, other)));
  return { warnings: [], problems };
}

function collision(one: NodePort, other: NodePort): Problem[] {
  const port = Math.max(one.first, other.first);
  if (port > Math.min(one.last, other.last)) return [];
  const message = `cannot use port ${port} twice: it is ${nameAt(one, port)} and ${nameAt(other, port)}`;
  return [problem('config', message, `move one of them: ${one.move} or ${other.move}`)];
}

/** Returns the name of a port, and how far it lies above the first of its row. */
export const nameAt = ({ name, first }: NodePort, port: number): string =>
  port === first ? name : `${name} + ${port - first}`;

/** Returns the ports of this node, those of Ray aside. 0 is off, or any port, and stands for none. */
export function nodePorts(launch: Decided): readonly NodePort[] {
  return [...ownPorts(launch), ...enginePorts(launch), ...rankPorts(launch)].filter(({ first }) => first > 0);
}

const single = (name: string, move: string, port: number | null): NodePort[] =>
  port === null ? [] : [{ name, move, first: port, last: port }];

function ownPorts(launch: Decided): NodePort[] {
  const { options } = launch;
  return [
    ...single('--status-port', '--status-port', options['status-port']),
    ...single('--group-port', '--group-port', fateOf(launch) === 'together' ? options['group-port'] : null),
  ];
}

function enginePorts(launch: Decided): NodePort[] {
  const { options, decision, fields, profile } = launch;
  const meets = decision.outcome === 'mp' || usesRay(launch);
  return [
    ...single('--master-port', '--master-port', meets ? options['master-port'] : null),
    ...single("the engine's --data-parallel-rpc-port", '--data-parallel-rpc-port', rpcPort(launch)),
    profile === 'dynamo'
      ? single("that of Dynamo's system server", 'DYN_SYSTEM_PORT', enginePort(launch))
      : single("the engine's own", "the engine's --port", enginePort(launch)),
    ...supervisor(fields),
  ].flat();
}

function rpcPort({ options, decision, fields }: Decided): number | null {
  return (
    fields?.dataParallelRpcPort.value ??
    (decision.outcome === 'data-parallel' ? options['data-parallel-rpc-port'] : null)
  );
}

const supervisor = (fields: Decided['fields']): NodePort[] =>
  single(
    "the engine's --data-parallel-supervisor-port",
    '--data-parallel-supervisor-port',
    fields?.multiPortExternalLb.value === true ? fields.supervisorPort.value : null,
  );

/** Returns the ports that each rank binds, from the first rank of this node on. */
export function rankPorts(launch: Decided): NodePort[] {
  const { fields, facts, profile } = launch;
  if (fields === null) return [];
  const config = { transfer: fields.kvTransferConfig.value, events: fields.kvEventsConfig.value };
  const ports = [...cachePorts(config, facts.env), ...(profile === 'dynamo' ? metricPorts(facts.env) : [])];
  const { start, count } = ranksHere(launch, fields);
  const above = start === 0 ? '' : ` + rank ${start}`;
  return ports.map(({ what, move, base }) => ({
    name: `that of ${what} (${move}${above})`,
    move,
    first: base + start,
    last: base + start + count - 1,
  }));
}

/** The ranks whose engine core runs on this node; where a replica spans nodes, they count as being where it begins. */
function ranksHere(
  launch: Decided,
  fields: NonNullable<Decided['fields']>,
): { readonly start: number; readonly count: number } {
  const { rank, size } = launch.identity;
  const place = ranksPlace(launch);
  if (place !== null) return { start: place.start, count: place.local };
  const { dp, dpLocal } = fields.sizes;
  const own = fields.dataParallelRank.value;
  if (own !== null) return { start: own, count: 1 };
  if (launch.decision.outcome === 'mp') return { start: Math.floor(((rank ?? 0) * dp.value) / (size ?? 1)), count: 1 };
  return { start: fields.dataParallelStartRank.value ?? 0, count: Math.max(1, dpLocal.value ?? dp.value) };
}
