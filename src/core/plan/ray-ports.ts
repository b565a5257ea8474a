// The ports of Ray beside those of everybody else on the node: each one once, or refused.
import type { Problem } from '#core/errors.ts';
import { problem } from '#core/errors.ts';
import type { PortRange, RayPorts } from '#upstream/ray/ports.ts';
import { fixedRayPorts, rayPorts, workerPorts } from '#upstream/ray/ports.ts';

import { enginePort, fateOf } from './gates.ts';
import type { Decided } from './launch.ts';

type Named = { readonly name: string; readonly port: number };

/** Returns a problem for each port that Ray and something else would both bind. */
export function portProblems(launch: Decided): Problem[] {
  const ours = [...ownPorts(launch), ...fixedPorts];
  return pinnedPorts(launch).flatMap((ray) =>
    ours.filter(({ port }) => port === ray.port).map((other) => refuse(ray, other)),
  );
}

/** Returns the ports that Ray's workers may bind beside all others of this launch. */
export const workerRange = (launch: Decided): PortRange =>
  workerPorts([...pinnedPorts(launch), ...ownPorts(launch), ...fixedPorts].map(({ port }) => port));

function refuse({ name, port }: Named, other: Named): Problem {
  const message = `cannot use port ${port} twice: it is ${other.name} and ${name}`;
  return problem('config', message, 'choose another --ray-port, or move the other one');
}

const names: Readonly<Record<keyof RayPorts, string>> = {
  gcs: "of Ray's GCS",
  nodeManager: "of Ray's node manager",
  objectManager: "of Ray's object manager",
  runtimeEnvAgent: "of Ray's runtime environment agent",
  dashboardAgentGrpc: "of Ray's dashboard agent (gRPC)",
  dashboardAgentListen: "of Ray's dashboard agent (HTTP)",
  metricsExport: "of Ray's metrics",
  clientServer: "of Ray's client server",
  autoscalerMetrics: "of Ray's autoscaler metrics",
  dashboardMetrics: "of Ray's dashboard metrics",
};

function pinnedPorts({ options }: Decided): Named[] {
  const gcs = options['ray-port'];
  return Object.entries(rayPorts(gcs)).map(([key, port]) => {
    const from = port === gcs ? '--ray-port' : `--ray-port + ${port - gcs}`;
    return { name: `that ${names[key as keyof RayPorts]} (${from})`, port };
  });
}

const fixedPorts: readonly Named[] = Object.entries(fixedRayPorts).map(([name, port]) => ({
  name: `that of Ray's ${name}`,
  port,
}));

/** On a worker too, where some of them are not bound: members with the same options are refused alike. */
function ownPorts(launch: Decided): Named[] {
  const { options, fields } = launch;
  const ports: readonly (readonly [string, number | null])[] = [
    // 0 is off, and no port of Ray.
    ['--status-port', options['status-port']],
    ['--group-port', fateOf(launch) === 'together' ? options['group-port'] : null],
    ['--master-port', options['master-port']],
    ["the engine's --data-parallel-rpc-port", fields?.dataParallelRpcPort.value ?? null],
    ["the engine's own", enginePort(launch)],
  ];
  return ports.flatMap(([name, port]) => (port === null ? [] : [{ name, port }]));
}
