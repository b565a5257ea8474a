// Ports that each data-parallel rank of an engine binds for itself: a base, and the rank counted on top of it
// (vLLM 0.31: distributed/kv_transfer/kv_connector/v1/nixl/base_scheduler.py, distributed/kv_events.py offset_endpoint_port,
// v1/core/sched/scheduler.py; Dynamo 1.6.1: dynamo/vllm/envs.py, instrumented_scheduler.py).
import { isList, isMap, type Json } from './python-json.ts';

/** `what` it is for, and the option or variable that moves it. */
export type RankPort = { readonly what: string; readonly move: string; readonly base: number };

type Env = Readonly<Record<string, string>>;

type Cache = { readonly transfer: string | null; readonly events: string | null };

/** Returns the ports of the NIXL side channel and of KV events; `transfer` and `events` are --kv-transfer-config and --kv-events-config. */
export function cachePorts({ transfer, events }: Cache, env: Env): readonly RankPort[] {
  const side = usesNixl(jsonOf(transfer), 0) ? portIn(env, sideChannel, 5600) : null;
  return [
    ...(side === null ? [] : [{ what: "the engine's NIXL side channel", move: sideChannel, base: side }]),
    ...eventPorts(jsonOf(events)),
  ];
}

const sideChannel = 'VLLM_NIXL_SIDE_CHANNEL_PORT';
const metrics = 'DYN_FORWARDPASS_METRIC_PORT';

/** Returns the port of a Dynamo worker's forward-pass metrics, which are on where their variable is set. */
export function metricPorts(env: Env): readonly RankPort[] {
  const base = Object.hasOwn(env, metrics) ? portIn(env, metrics, null) : null;
  return base === null ? [] : [{ what: "Dynamo's forward-pass metrics", move: metrics, base }];
}

function portIn(env: Env, name: string, otherwise: number | null): number | null {
  const text = Object.hasOwn(env, name) ? env[name] : undefined;
  if (text === undefined) return otherwise;
  return /^\s*\d{1,5}\s*$/.test(text) ? Number(text) : null;
}

// Connectors in connectors (MultiConnector, PdConnector); none is nested deeper in earnest.
const deepest = 8;

function usesNixl(config: Json, depth: number): boolean {
  if (!isMap(config) || depth > deepest) return false;
  const { kv_connector: name, kv_connector_extra_config: extra } = config;
  if (typeof name === 'string' && name.startsWith('Nixl')) return true;
  const inner = isMap(extra ?? null) ? (extra as { readonly [key: string]: Json })['connectors'] : null;
  return isList(inner ?? null) && (inner as readonly Json[]).some((one) => usesNixl(one, depth + 1));
}

/** vllm/config/kv_events.py; the publisher binds where its endpoint names every address, and connects elsewhere. */
function eventPorts(config: Json): readonly RankPort[] {
  if (!isMap(config) || config['enable_kv_cache_events'] !== true || config['publisher'] === 'null') return [];
  const { endpoint = 'tcp://*:5557', replay_endpoint: replay = null } = config;
  const port = typeof endpoint === 'string' && /\*|::/.test(endpoint) ? portOf(endpoint) : null;
  const again = typeof replay === 'string' ? portOf(replay) : null;
  const move = '--kv-events-config';
  return [
    ...(port === null ? [] : [{ what: "the engine's KV events", move, base: port }]),
    ...(again === null ? [] : [{ what: "the engine's replay of KV events", move, base: again }]),
  ];
}

/** Returns the port of a TCP endpoint; 0 is any port, and none that could collide. */
function portOf(endpoint: string): number | null {
  const text = /^tcp:.*:(\d{1,5})$/.exec(endpoint)?.[1];
  return text === undefined || Number(text) === 0 ? null : Number(text);
}

// What is no JSON the engine refuses by itself.
function jsonOf(text: string | null): Json {
  if (text === null) return null;
  try {
    return JSON.parse(text) as Json;
  } catch {
    return null;
  }
}
