// What a probe of this machine is asked, and what it may answer. Which questions there are is decided by the plan.
import type { Service } from '#core/plan/plan.ts';
import type { HubPlaces } from '#upstream/hub.ts';

export type Question =
  /** Whether ports of this node can be bound; `host` null is every address. */
  | {
      readonly kind: 'ports';
      readonly use: string;
      readonly ports: readonly number[];
      readonly host: string | null;
      /** What to give to have another port. */
      readonly option: string;
      /** False where `run` goes on without it. */
      readonly needed: boolean;
    }
  | { readonly kind: 'leader'; readonly host: string }
  | { readonly kind: 'members'; readonly hosts: readonly string[] }
  | { readonly kind: 'service'; readonly service: Service }
  | { readonly kind: 'model'; readonly model: string; readonly downloads: string | null; readonly hub: HubPlaces }
  | { readonly kind: 'shm'; readonly neededBytes: number; readonly why: string }
  | { readonly kind: 'limits'; readonly files: number; readonly who: string }
  /** `leader` has a clock that can be asked over its status server; null on the leader itself. */
  | { readonly kind: 'clock'; readonly leader: { readonly host: string; readonly port: number } | null };

export type QuestionOf<K extends Question['kind']> = Extract<Question, { kind: K }>;

export type Holder = { readonly pid: number; readonly command: string };

export type Answers = {
  /** The ports that cannot be bound, and why; `holder` is null where /proc does not tell. */
  readonly ports: readonly {
    readonly port: number;
    readonly why: 'taken' | 'other';
    readonly holder: Holder | null;
    readonly reason: string;
  }[];
  readonly leader: { readonly address: string } | { readonly reason: string };
  readonly members: readonly { readonly host: string; readonly reason: string }[];
  /** The place that answered, or why none did, in the order of the places. */
  readonly service: { readonly at: string } | { readonly reasons: readonly string[] };
  readonly model: {
    /** Whether a folder of this name is on this node. */
    readonly isPath: boolean;
    readonly cached: boolean;
    /** Why the folder cannot be written; null where it can. */
    readonly unwritable: string | null;
    /** Whether the token's file is there. */
    readonly tokenFile: boolean;
  };
  readonly shm: { readonly freeBytes: number; readonly unwritable: string | null } | { readonly reason: string };
  /** The text of /proc/self/limits, null where there is none. */
  readonly limits: { readonly text: string | null; readonly infiniband: boolean };
  readonly clock: { readonly unixMs: number; readonly shown: string; readonly leaderMs: number | null };
};

/** A question with its answer; null where none came in time. */
export type Asked = {
  readonly [K in Question['kind']]: { readonly question: QuestionOf<K>; readonly answer: Answers[K] | null };
}[Question['kind']];
