// The plan as a value: what `plan` prints and what `run` performs.
import type { InferOutput } from 'valibot';

import type { Problem } from '#core/errors.ts';
import type { Place, ServiceName } from '#upstream/dynamo/services.ts';

import type { decisionSchema, gateSchema, identitySchema, planSchema, processSchema } from './schema.ts';

type Deep<T> = T extends readonly (infer E)[]
  ? readonly Deep<E>[]
  : T extends object
    ? { readonly [K in keyof T]: Deep<T[K]> }
    : T;

export type PlanDocument = Deep<InferOutput<typeof planSchema>>;
export type IdentityDocument = Deep<InferOutput<typeof identitySchema>>;
export type Decision = Deep<InferOutput<typeof decisionSchema>>;
export type Outcome = NonNullable<Decision['outcome']>;
export type Rule = NonNullable<Decision['rule']>;
export type Executor = NonNullable<Decision['executor']>;
export type ProcessSpec = Deep<InferOutput<typeof processSchema>>;
export type ProcessName = ProcessSpec['name'];
export type Gate = Deep<InferOutput<typeof gateSchema>>;
export type Profile = PlanDocument['engine']['profile'];
export type Deadlines = PlanDocument['deadlines'];

/** One question to the engine over HTTP; ready means that each was answered with 200. */
export type ReadinessTarget = { readonly host: string; readonly port: number; readonly path: string };

/** What `run` needs beside the document: how members are tied, and how ready is told. */
export type LaunchPlan = {
  readonly document: PlanDocument;
  readonly problems: readonly Problem[];
  /** This machine's name. */
  readonly host: string;
  readonly fate: 'together' | 'apart' | 'alone';
  /** What an exit nobody asked for means: 0 is a failure of an engine, fine for a command; exec passes all through. */
  readonly exits: 'engine' | 'command' | 'passthrough';
  readonly drainDelayMs: number;
  /** How long a better cause may still replace the first one. */
  readonly amendMs: number;
  readonly readiness: readonly ReadinessTarget[];
  /** What an agent of elastic-ep asks the leader's engine before it joins; empty where the group link tells. */
  readonly leaderReadiness: readonly ReadinessTarget[];
  readonly needs: EngineNeeds;
  /** Where a Ray head that is not ours would answer; asked once before the start, and none where `problems` stand. */
  readonly foreignRay: readonly { readonly host: string; readonly port: number }[];
  /** What all members must agree on. */
  readonly fingerprint: readonly FingerprintField[];
  readonly rehearsal: boolean;
  /** Null for every outcome without Ray. */
  readonly ray: RayPlan | null;
};

/** What the engine's words say that it needs of this machine and of its neighbours. */
export type EngineNeeds = {
  /** As it was named: a path, or a name of the hub; null where the words name none. */
  readonly model: string | null;
  /** Where the engine keeps what it loads, if not in the cache of the hub's client. */
  readonly downloads: string | null;
  /** The address at which the engine serves; null is every address. */
  readonly host: string | null;
  readonly services: readonly Service[];
  /** Ports that each data-parallel rank of this node binds, one in a row for each. */
  readonly rankPorts: readonly NodePort[];
};

/** One port, or one of each rank in a row; `move` is how another is chosen. */
export type NodePort = { readonly name: string; readonly move: string; readonly first: number; readonly last: number };

/** Something that somebody else runs; one of its places is enough. `from` is the variable that says where it is. */
export type Service = { readonly name: ServiceName; readonly from: string; readonly places: readonly Place[] };

/** What is needed of a Ray node beside its process: where the cluster is, and when it is whole. */
export type RayPlan = {
  readonly role: 'head' | 'agent';
  /** Host and port of the GCS. */
  readonly host: string;
  readonly port: number;
  /** This node's own address in the cluster; null is not known before the leader's name resolves. */
  readonly address: string | null;
  /** How many nodes must be alive before the engine starts: all of them, or the head alone for elastic-ep. */
  readonly nodes: number;
  readonly gpusPerNode: number;
  /** The folder in which Ray gets one of its own. */
  readonly temp: string;
  /** When an agent is started: at once (it waits for the head), or when the leader's engine is ready (elastic-ep). */
  readonly joins: 'at-once' | 'when-leader-ready';
  readonly version: string | null;
};

/** A field that all members must agree on; `shown` is null where the value may be secret, then digests are compared. */
export type FingerprintField = { readonly field: string; readonly value: string; readonly shown: boolean };
