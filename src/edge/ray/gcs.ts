import type { Secret } from '#core/secret.ts';
import type { GcsQuestion } from '#upstream/ray/question.ts';
import type { RawAnswer } from '#upstream/ray/raw-answer.ts';

import { exchange } from './exchange.ts';
import { greetingOf } from './greeting.ts';

// One question to a server of Ray's over gRPC (HTTP/2 without TLS): a connection of its own, bounded in time and in size,
// gone with its answer. Whatever the other side does, it comes back as a value.
export type AskGcs = {
  readonly host: string;
  readonly port: number;
  readonly question: GcsQuestion;
  readonly deadlineMs: number;
  readonly token?: Secret;
  /** Of the answer; by default 4 MiB, some thousand nodes. */
  readonly maxBytes?: number;
};

const listenForMs = 500;
const defaultMaxBytes = 4 * 1024 * 1024;

/** Returns what came back within `deadlineMs`; never throws. Who does not speak HTTP/2 is asked for its first words. */
export async function askGcs({ maxBytes = defaultMaxBytes, ...asked }: AskGcs): Promise<RawAnswer> {
  const until = performance.now() + asked.deadlineMs;
  const { answer, hasSpokenHttp2 } = await exchange({ ...asked, maxBytes });
  if (answer.kind !== 'cut' || hasSpokenHttp2) return answer;
  const greeting = await greetingOf(asked.host, asked.port, Math.min(until - performance.now(), listenForMs));
  return greeting === null ? answer : { kind: 'other-protocol', greeting };
}
