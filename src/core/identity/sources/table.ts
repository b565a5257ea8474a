// Every host system that can tell who we are, in order of precedence; a new one is a row here and a file beside it.
import type { Claim, SourceInput } from '#core/identity/claim.ts';

import { fromDynamo } from './dynamo.ts';
import { fromGrove } from './grove.ts';
import { fromHostfile, fromHosts } from './hosts.ts';
import { fromLws } from './lws.ts';
import { fromLocal, fromOptions } from './options.ts';
import { fromRankFrom } from './rank-from.ts';

/** `user` is what somebody typed, which beats everything field by field; `host` is what the platform says. */
export type Source = {
  readonly name: string;
  readonly voice: 'user' | 'host';
  readonly read: (input: SourceInput) => Claim | null;
};

// prettier-ignore
export const sources: readonly Source[] = [
  { name: 'options',   voice: 'user', read: fromOptions },   // --nnodes --node-rank --leader
  { name: 'local',     voice: 'user', read: fromLocal },     // set by `vllm-launch local` for its own launchers
  { name: 'rank-from', voice: 'user', read: fromRankFrom },  // --rank-from label:|annotation:|env:
  { name: 'hosts',     voice: 'user', read: fromHosts },     // --hosts a,b,c
  { name: 'hostfile',  voice: 'user', read: fromHostfile },  // --hostfile FILE
  { name: 'dynamo',    voice: 'host', read: fromDynamo },    // DYNAMO_RANK DYNAMO_LEADER_ADDRESS
  { name: 'lws',       voice: 'host', read: fromLws },       // LWS_WORKER_INDEX LWS_GROUP_SIZE LWS_LEADER_ADDRESS
  { name: 'grove',     voice: 'host', read: fromGrove },     // GROVE_PCSG_* GROVE_PCLQ_*
];
