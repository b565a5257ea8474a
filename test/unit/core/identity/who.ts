import type { Facts } from '#core/facts.ts';
import { identify } from '#core/identity/identify.ts';
import { readPodinfo } from '#core/identity/podinfo.ts';
import type { Options } from '#core/options.ts';

import { bareFacts, mapText, podinfoOf, withOptions } from '../bare-facts.ts';

export type Situation = {
  readonly env?: Readonly<Record<string, string>>;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly options?: Partial<Options>;
  readonly facts?: Partial<Facts>;
};

/** The identity that a situation gives. */
export function who({ env = {}, labels, annotations, options = {}, facts = {} }: Situation) {
  const podinfo =
    labels === undefined && annotations === undefined
      ? null
      : podinfoOf(mapText(annotations ?? {}), mapText(labels ?? {}));
  const known = bareFacts({ env, podinfo, ...facts });
  const chosen = withOptions(options);
  return identify(known, readPodinfo(known, chosen), chosen);
}

export const lws = (rank: number, size: number, leader = 'vllm-0.vllm.ns') => ({
  LWS_WORKER_INDEX: String(rank),
  LWS_GROUP_SIZE: String(size),
  LWS_LEADER_ADDRESS: leader,
});

export const dynamo = (rank: number, leader: string) => ({ DYNAMO_RANK: String(rank), DYNAMO_LEADER_ADDRESS: leader });

/** A pod of a Grove scaling group as Dynamo makes it. */
export const grove = (clique: string, index: number, size = 2) => ({
  GROVE_PCS_NAME: 'app',
  GROVE_PCLQ_NAME: `app-0-decode-1-${clique}`,
  GROVE_PCLQ_POD_INDEX: String(index),
  GROVE_HEADLESS_SERVICE: 'app-0.ns.svc.cluster.local',
  GROVE_PCSG_NAME: 'app-0-decode',
  GROVE_PCSG_INDEX: '1',
  GROVE_PCSG_TEMPLATE_NUM_PODS: String(size),
});
