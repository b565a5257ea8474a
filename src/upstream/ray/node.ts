import type { deathReasons } from './field-numbers.ts';

// One Ray node (a raylet that registered at the GCS).
export type RayNode = {
  /** 56 hexadecimal digits. */
  readonly id: string;
  /** As `--node-ip-address` was given. */
  readonly ip: string;
  readonly hostname: string;
  readonly name: string;
  /** A draining node lives but takes no new work. */
  readonly state: 'alive' | 'draining' | 'dead';
  readonly isHead: boolean;
  readonly gpus: number;
  readonly cpus: number;
  readonly nodeManagerPort: number;
  /** Null where this Ray does not tell (2.48). */
  readonly sessionDir: string | null;
  readonly tempDir: string | null;
  /** Null while it lives. */
  readonly death: RayDeath | null;
};

export type RayDeath = {
  readonly reason: (typeof deathReasons)[number];
  readonly message: string;
};

/** Returns why a node cannot be what Ray meant, or null; the sign of a layout that changed since we read it. */
export function unlikely(node: RayNode, resources: readonly string[]): string | null {
  if (!/^[0-9a-f]{56}$/.test(node.id)) return `an id of ${node.id.length / 2} bytes (28 expected)`;
  // A dead node's entry may be bare: it counts for nothing.
  if (node.state === 'dead') return null;
  if (!/^[\w.:%-]{1,255}$/.test(node.ip)) return 'alive without an address';
  if (!resources.some((name) => name === 'CPU' || name.startsWith('node:')))
    return 'alive without CPU or node: resource';
  if (!isAmount(node.gpus) || !isAmount(node.cpus)) return `alive with ${node.gpus} GPU and ${node.cpus} CPU`;
  const port = node.nodeManagerPort;
  return port > 0 && port <= 65_535 ? null : `alive with node manager port ${port}`;
}

const isAmount = (value: number): boolean => value >= 0 && value <= 1_000_000;
