// The ports of Ray beside those of everybody else on the node: each one once, or refused.
import type { Problem } from '#core/errors.ts';
import { problem } from '#core/errors.ts';
import type { PortRange, RayPorts } from '#upstream/ray/ports.ts';
import { fixedRayPorts, rayPorts, workerPorts } from '#upstream/ray/ports.ts';

import type { Decided } from './launch.ts';
import { nameAt, nodePorts } from './node-ports.ts';

type Named = { readonly name: string; readonly port: number };

/** Returns a problem for each port that Ray and something else would both bind. */
export function portProblems(launch: Decided): Problem[] {
  const others = nodePorts(launch);
  return pinnedPorts(launch).flatMap((ray) => [
    ...others
      .filter(({ first, last }) => first <= ray.port && ray.port <= last)
      .map((other) => refuse(ray, nameAt(other, ray.port))),
    ...fixedPorts.filter(({ port }) => port === ray.port).map(({ name }) => refuse(ray, name)),
  ]);
}

/** Returns the ports that Ray's workers may bind beside all others of this launch. */
export function workerRange(launch: Decided): PortRange {
  const others = nodePorts(launch).map(({ first, last }) => ({ least: first, greatest: last }));
  const ray = [...pinnedPorts(launch), ...fixedPorts].map(({ port }) => ({ least: port, greatest: port }));
  return workerPorts([...ray, ...others]);
}

function refuse({ name, port }: Named, other: string): Problem {
  const message = `cannot use port ${port} twice: it is ${other} and ${name}`;
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
