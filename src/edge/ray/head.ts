import { judgeGcsAnswer } from '#upstream/ray/judge.ts';

import { askGcs } from './gcs.ts';

type Place = { readonly host: string; readonly port: number };

const deadlineMs = 2_000;

/**
 * Returns the first place where a Ray head answers, as host and port, within 2 s each; null where none does. One that asks for a
 * token answers too. Never throws.
 */
export async function findHead(places: readonly Place[]): Promise<string | null> {
  for (const { host, port } of places) {
    const { kind } = judgeGcsAnswer('clusterId', await askGcs({ host, port, question: 'clusterId', deadlineMs }));
    if (kind === 'answered' || kind === 'authentication') return `${host}:${port}`;
  }
  return null;
}
