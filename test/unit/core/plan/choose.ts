import { readPodinfo } from '#core/identity/podinfo.ts';
import type { Options } from '#core/options.ts';
import { chooseExecutor } from '#core/plan/decision.ts';
import type { EngineFlag } from '#core/plan/rule.ts';

import { bareFacts, mapText, podinfoOf, withOptions } from '../bare-facts.ts';

export type Pod = {
  readonly annotations?: Readonly<Record<string, string>> | null;
  readonly labels?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly options?: Partial<Options>;
  readonly engineFlag?: EngineFlag;
};

/** The backend that is chosen for a pod. */
export const choose = ({ annotations = {}, labels = {}, env = {}, options = {}, engineFlag }: Pod) => {
  const chosen = withOptions(options);
  const podinfo = readPodinfo(
    bareFacts({ env, podinfo: podinfoOf(mapText(annotations ?? {}), mapText(labels)) }),
    chosen,
  );
  return chooseExecutor({ options: chosen, podinfo, env, engineFlag: engineFlag ?? null });
};

/** A label that marks a pod of a Dynamo deployment. */
export const dynamoPod = { 'nvidia.com/dynamo-graph-deployment-name': 'app' };
