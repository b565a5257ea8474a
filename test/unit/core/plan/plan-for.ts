import type { Facts, GpuFacts } from '#core/facts.ts';
import type { Options } from '#core/options.ts';
import { makePlan } from '#core/plan/make-plan.ts';
import type { LaunchPlan, ProcessSpec } from '#core/plan/plan.ts';
import type { YamlReading } from '#core/yaml.ts';

import { bareFacts, mapText, podinfoOf, withOptions } from '../bare-facts.ts';
import { lws } from '../identity/who.ts';

export type Launch = {
  readonly words?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly labels?: Readonly<Record<string, string>>;
  readonly options?: Partial<Options>;
  readonly facts?: Partial<Facts>;
  /** What c.yaml holds. */
  readonly config?: unknown;
};

export const gpus = (count: number, known: Partial<GpuFacts> = {}): GpuFacts => ({
  count,
  source: 'NVIDIA_VISIBLE_DEVICES',
  devices: true,
  model: null,
  driver: null,
  ...known,
});

export const version = (text: string, name = 'vllm') => ({ version: text, source: `${name}-${text}.dist-info` });

/** The plan of a launch on a machine of 8 GPUs with vLLM 0.31.0 and Dynamo 1.6.1. */
export function planFor({
  words,
  env = {},
  annotations,
  labels,
  options = {},
  facts = {},
  config,
}: Launch): LaunchPlan {
  const podinfo =
    annotations === undefined && labels === undefined
      ? null
      : podinfoOf(mapText(annotations ?? {}), mapText(labels ?? {}));
  const engineConfig = config === undefined ? null : { path: 'c.yaml', text: '' };
  const document: YamlReading | null = config === undefined ? null : { ok: true, value: config };
  const known = bareFacts({
    env,
    podinfo,
    gpus: gpus(8),
    vllm: version('0.31.0'),
    dynamo: version('1.6.1', 'ai_dynamo'),
    engineConfig,
    ...facts,
  });
  return makePlan(known, withOptions(options), words ?? serve(), document);
}

export const serve = (...words: readonly string[]): readonly string[] => ['vllm', 'serve', 'm', ...words];
export const dynamoWorker = (...words: readonly string[]): readonly string[] => [
  ...['python3', '-m', 'dynamo.vllm', '--model', 'm'],
  ...words,
];

export const leaderHost = 'vllm-0.vllm.ns';

/** The plan of rank 0 of two nodes of 8 GPUs under LWS, whose engine of 16 processes spans both. */
export const leaderPlan = (launch: Launch = {}): LaunchPlan =>
  planFor({ words: serve('-tp', '16'), ...launch, env: { ...lws(0, 2), ...launch.env } });

/** The plan of rank 1 of the same. */
export const workerPlan = (launch: Launch = {}): LaunchPlan =>
  planFor({ words: serve('-tp', '16'), ...launch, env: { ...lws(1, 2), ...launch.env } });

/** The words of the engine in a plan, null where it starts none. */
export const argvOf = (plan: LaunchPlan): readonly string[] | null => processOf(plan, 'engine')?.argv ?? null;

export const envOf = (plan: LaunchPlan) => processOf(plan, 'engine')?.env ?? null;

export const processOf = ({ document }: LaunchPlan, name: ProcessSpec['name']): ProcessSpec | null =>
  document.processes.find((spec) => spec.name === name) ?? null;

export const messages = ({ problems }: LaunchPlan): readonly string[] => problems.map(({ message }) => message);
export const warned = ({ document }: LaunchPlan): readonly string[] => document.warnings.map(({ code }) => code);

/** The words that mp adds to a command on a rank of two. */
export const mpAdds = (rank: number): readonly string[] => [
  ...['--distributed-executor-backend', 'mp', '--nnodes', '2', '--master-addr', leaderHost],
  ...['--master-port', '29500', '--node-rank', String(rank)],
  ...(rank === 0 ? [] : ['--headless']),
];

/** The drain of an engine outside of pods: grace 25 s less 10 s. */
export const drain = ['--shutdown-timeout', '15'] as const;

/** What an image has that can run Ray 2.60. */
export const rayFacts: Partial<Facts> = {
  ray: version('2.60.0', 'ray'),
  rayProgram: { found: true, word: 'ray', path: '/opt/venv/bin/ray' },
};

const onRay = ({ options, facts, ...launch }: Launch): Launch => ({
  ...launch,
  options: { executor: 'ray', ...options },
  facts: { ...rayFacts, ...facts },
});

/** The plan of the same two ranks on Ray. */
export const rayLeader = (launch: Launch = {}): LaunchPlan => leaderPlan(onRay(launch));
export const rayWorker = (launch: Launch = {}): LaunchPlan => workerPlan(onRay(launch));

/** The words of an engine that asks for elastic expert parallelism on Ray. */
export const elastic = (...words: readonly string[]): readonly string[] =>
  serve('--enable-elastic-ep', '--enable-eplb', '--enable-expert-parallel', '-dpb', 'ray', ...words);
export const elasticAlone = ({ facts, ...launch }: Launch = {}): LaunchPlan =>
  planFor({ words: elastic('-dp', '2'), ...launch, facts: { ...rayFacts, ...facts } });
export const elasticLeader = ({ facts, ...launch }: Launch = {}): LaunchPlan =>
  leaderPlan({ words: elastic('-dp', '2'), ...launch, facts: { ...rayFacts, ...facts } });
export const elasticWorker = ({ facts, ...launch }: Launch = {}): LaunchPlan =>
  workerPlan({ words: elastic('-dp', '2'), ...launch, facts: { ...rayFacts, ...facts } });
