// The words of `ray start` (Ray 2.60 scripts.py; every option named here is in 2.48 too).
import type { PortRange, RayPorts } from './ports.ts';

/** What a node must be told; texts may hold what is filled in when it is started. */
export type RayNode = {
  /** The program, `ray` or its path. */
  readonly program: string;
  /** This node's own address. Never left to Ray: without a default route it binds the loopback alone (ray.md 2.1). */
  readonly address: string;
  readonly gpus: number;
  /** Where sessions, sockets and logs go. */
  readonly folder: string;
  readonly ports: RayPorts;
  readonly workers: PortRange;
  /** Whether Ray Client is installed: its port may be named only then (Ray 2.60 parameter.py). */
  readonly client: boolean;
};

/** vLLM sends no tensors through the store; the least that Ray takes is 78643200 bytes (ray.md 2.1). */
const storeBytes = 100_000_000;

/** Returns the words that start the head in the foreground. */
export const headWords = (node: RayNode): string[] => [
  ...[node.program, 'start', '--head', '--block', '--disable-usage-stats', '--include-dashboard=false'],
  ...[`--node-ip-address=${node.address}`, `--port=${node.ports.gcs}`],
  ...(node.client ? [`--ray-client-server-port=${node.ports.clientServer}`] : []),
  ...nodeWords(node),
];

/** Returns the words that start an agent in the foreground; `gcs` is HOST:PORT of the head. */
export const agentWords = (node: RayNode, gcs: string): string[] => [
  ...[node.program, 'start', `--address=${gcs}`, '--block', '--disable-usage-stats'],
  `--node-ip-address=${node.address}`,
  ...nodeWords(node),
];

const nodeWords = ({ gpus, folder, ports, workers }: RayNode): string[] => [
  `--num-gpus=${gpus}`,
  `--object-store-memory=${storeBytes}`,
  `--temp-dir=${folder}`,
  `--node-manager-port=${ports.nodeManager}`,
  `--object-manager-port=${ports.objectManager}`,
  `--runtime-env-agent-port=${ports.runtimeEnvAgent}`,
  `--dashboard-agent-grpc-port=${ports.dashboardAgentGrpc}`,
  `--dashboard-agent-listen-port=${ports.dashboardAgentListen}`,
  `--metrics-export-port=${ports.metricsExport}`,
  `--min-worker-port=${workers.least}`,
  `--max-worker-port=${workers.greatest}`,
];
