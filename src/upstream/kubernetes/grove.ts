// What Grove writes into its pods, and how Dynamo names the cliques of a multi-node component (grove.go: -ldr and -wkr).
export const groveVariables = {
  clique: 'GROVE_PCLQ_NAME',
  podIndex: 'GROVE_PCLQ_POD_INDEX',
  headless: 'GROVE_HEADLESS_SERVICE',
  group: 'GROVE_PCSG_NAME',
  groupIndex: 'GROVE_PCSG_INDEX',
  size: 'GROVE_PCSG_TEMPLATE_NUM_PODS',
} as const;

export const groveRevisionLabel = 'grove.io/pod-template-hash';

/** The cliques of one multi-node component, by the name of one of them. */
export type Cliques = { readonly role: 'leader' | 'worker'; readonly leader: string; readonly worker: string };

// Dynamo writes `<service>-ldr`, Grove's own examples `leader`.
const suffixes = [
  { leader: '-ldr', worker: '-wkr' },
  { leader: '-leader', worker: '-worker' },
] as const;

/** Returns the role that a clique's name tells and the names of both cliques, or null where the name tells none. */
export function readClique(name: string): Cliques | null {
  for (const { leader, worker } of suffixes) {
    for (const [role, suffix] of [
      ['leader', leader],
      ['worker', worker],
    ] as const) {
      if (!name.endsWith(suffix)) continue;
      const stem = name.slice(0, -suffix.length);
      return { role, leader: stem + leader, worker: stem + worker };
    }
  }
  return null;
}

/** Returns the clique of a pod by its host name `<pclq>-<index>`, or null where it is not of that form. */
export const cliqueOfHost = (hostname: string): string | null => /^(.+)-\d+$/.exec(hostname)?.[1] ?? null;
