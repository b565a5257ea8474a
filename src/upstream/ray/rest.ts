import { unlikely } from './node.ts';
import type { RayNode } from './node.ts';
import type { ReadNodes } from './read-nodes.ts';

// The dashboard's list of nodes: the second way to ask, where the GCS is not as we know it. Ray's own API with a version
// in its path (python/ray/dashboard/modules/state/state_head.py, columns of NodeState in python/ray/util/state/common.py,
// 2.60.0), but only with ray[default] and seconds later than the GCS. It knows neither draining nor ports.
export const restNodesPath = '/api/v0/nodes?detail=true';

/** Returns the nodes in the JSON of `restNodesPath`, or why they cannot be believed; a cut list (num_filtered) is none. */
export function readRestNodes(body: unknown): ReadNodes {
  const whole = record(body);
  if (whole['result'] !== true) return { ok: false, reason: textOf(whole['msg']).slice(0, 500) || 'no result' };
  const { result, partial_failure_warning: warning } = record(record(record(whole['data'])['result']));
  if (!Array.isArray(result)) return { ok: false, reason: 'no list of nodes' };
  if (textOf(warning) !== '') return { ok: false, reason: textOf(warning).slice(0, 500) };
  const nodes: RayNode[] = [];
  for (const [index, entry] of result.entries()) {
    const node = readNode(record(entry));
    if (typeof node === 'string') return { ok: false, reason: `node ${index + 1}: ${node}` };
    nodes.push(node);
  }
  return { ok: true, nodes };
}

function readNode(entry: Entry): RayNode | string {
  const state = states.get(entry['state']);
  if (state === undefined) return 'state unreadable';
  const resources = record(entry['resources_total']);
  const message = textOf(entry['state_message']);
  const node: RayNode = {
    id: textOf(entry['node_id']),
    ip: textOf(entry['node_ip']),
    hostname: '',
    name: textOf(entry['node_name']),
    state,
    isHead: entry['is_head_node'] === true,
    gpus: amount(resources['GPU']),
    cpus: amount(resources['CPU']),
    nodeManagerPort: null,
    sessionDir: null,
    tempDir: null,
    death: state === 'dead' ? { reason: 'unspecified', message } : null,
  };
  return unlikely(node, Object.keys(resources)) ?? node;
}

const states: ReadonlyMap<unknown, RayNode['state']> = new Map([
  ['ALIVE', 'alive'],
  ['DEAD', 'dead'],
]);

type Entry = Readonly<Record<string, unknown>>;

const record = (value: unknown): Entry => (typeof value === 'object' && value !== null ? { ...value } : {});
const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');
const amount = (value: unknown): number => (value === undefined ? 0 : typeof value === 'number' ? value : Number.NaN);
