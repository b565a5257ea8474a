// The webhook as it is shipped, and the way of a deployment behind it: what the operator makes of it, what the kubelet writes, what `plan` says.
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { vi } from 'vitest';

import type { PlanDocument } from '#core/plan/plan.ts';

import { atomicWriter } from '../../process/facts/atomic-writer.ts';
import { client } from '../../process/webhook/client.ts';
import { selfSigned, writePair } from '../../process/webhook/self-signed.ts';
import { mapText } from '../../unit/core/bare-facts.ts';
import { backendKey, originKey } from '../../unit/core/webhook/ask.ts';
import type { Json } from '../../unit/core/webhook/ask.ts';

import { finish, newFolder, start } from './start.ts';

type Annotations = Readonly<Record<string, string>>;

/** One row of the migration matrix (seeds/000): created under an operator, or before there was one; edited afterwards. */
export type Scenario = {
  readonly name: string;
  readonly operator: string;
  readonly created?: Annotations;
  readonly old?: Annotations;
  readonly edited?: Annotations;
  readonly editedUnder?: string;
  readonly refused?: true;
  readonly executor?: 'mp' | 'ray' | null;
  readonly rule?: string | null;
};

export const scenarios = JSON.parse(readFileSync('test/cases/webhook/migration.json', 'utf8')) as readonly Scenario[];

/** Returns what a scenario is and how it ends, as the name of a test. */
export const titleOf = ({ name, refused, executor, rule }: Scenario): string =>
  `${name}: ${refused === true ? 'refused by the webhook' : executor === null ? 'no plan' : `${executor} by ${rule}`}`;

/** Starts the webhook with a certificate of its own and waits until it listens. */
export async function startWebhook(version: string, more: readonly string[] = []) {
  const pair = selfSigned();
  const files = writePair(newFolder(), pair);
  const started = start([
    ...['webhook', '--cert', files.cert, '--key', files.key, '--operator-version', version, '--https-port', '0'],
    ...more,
  ]);
  await vi.waitUntil(() => started.stderr().includes('listens on port'), { timeout: 20_000 });
  const port = Number(/"port":(\d+)/.exec(started.stderr())?.[1]);
  return { ...started, ...client(port, pair.cert), port, files, ca: pair.cert };
}

/** What the API server would store after the webhook of that version, or null where it refuses. */
export type Admit = (version: string, operation: string, object: Json, oldObject: Json) => Promise<Json | null>;

const withAnnotations = (object: Json, more: Readonly<Record<string, string>>): Json => {
  const { metadata, ...rest } = object as { metadata: { annotations?: Readonly<Record<string, string>> } };
  return { ...rest, metadata: { ...metadata, annotations: { ...metadata.annotations, ...more } } } as Json;
};

/** A deployment with these annotations. */
export type Make = (annotations: Annotations) => Json;

/** Returns the deployment of a scenario as it is stored at the end, or null where the webhook refused it. */
export async function storedBy(admit: Admit, make: Make, scenario: Scenario): Promise<Json | null> {
  const { operator, created, old, edited, editedUnder = operator } = scenario;
  const first = created === undefined ? make(old ?? {}) : await admit(operator, 'CREATE', make(created), null);
  if (first === null || edited === undefined) return first;
  return await admit(editedUnder, 'UPDATE', withAnnotations(first, edited), first);
}

const passedOn = [originKey, backendKey];

type Spec = {
  readonly annotations?: Annotations;
  readonly services?: Readonly<Record<string, { readonly extraPodMetadata?: { readonly annotations?: Annotations } }>>;
  readonly components?: readonly {
    readonly podTemplate?: { readonly metadata?: { readonly annotations?: Annotations } };
  }[];
};

/** The annotations of the pods of a deployment: a fixed list of its own keys, then those of its template (dynamo.md section 4). */
export function podAnnotations(stored: Json): Annotations {
  const { metadata, spec } = stored as { metadata: { annotations?: Annotations }; spec: Spec };
  const own = Object.entries(metadata.annotations ?? {}).filter(([key]) => passedOn.includes(key));
  const template =
    spec.services?.['decode']?.extraPodMetadata?.annotations ??
    spec.components?.[0]?.podTemplate?.metadata?.annotations;
  return { ...Object.fromEntries(own), ...spec.annotations, ...template };
}

/** What `plan` decides in a pod of a deployment as it is stored, by way of the kubelet's files. */
export async function planIn(stored: Json): Promise<PlanDocument['decision']> {
  const folder = join(newFolder(), 'podinfo');
  mkdirSync(folder);
  const sorted = Object.fromEntries(Object.entries(podAnnotations(stored)).toSorted(([a], [b]) => (a < b ? -1 : 1)));
  const labels = { 'nvidia.com/dynamo-graph-deployment-name': 'd' };
  await atomicWriter(folder)({ annotations: mapText(sorted), labels: mapText(labels) });
  const words = [
    '--podinfo',
    folder,
    '--nnodes',
    '2',
    '--node-rank',
    '0',
    '--leader',
    'node-0',
    '--gpus-per-node',
    '8',
  ];
  const { stdout } = await finish(['plan', '--json', ...words, '--', 'vllm', 'serve', 'm', '-tp', '16']);
  return (JSON.parse(stdout) as PlanDocument).decision;
}

export const allVersions = [
  ...new Set(scenarios.flatMap(({ operator, editedUnder = operator }) => [operator, editedUnder])),
];
