import { unframe } from './grpc-frame.ts';
import type { GcsQuestion } from './question.ts';
import type { RawAnswer } from './raw-answer.ts';
import { readReply } from './read-reply.ts';
import type { ReadReply } from './read-reply.ts';
import { speaker } from './speaker.ts';

// What came of a question, told apart so far that each case has its own advice: wait (refused, unreachable, unresolved,
// hangs, half-answer: it may just be starting), correct something (not-ray, authentication), or ask otherwise
// (unreadable, too-large, grpc-error: this Ray is not as we know it).
export type GcsJudgement<Q extends GcsQuestion> =
  | ReadReply<Q>
  | { readonly kind: 'refused' }
  | { readonly kind: 'unreachable'; readonly reason: string }
  | { readonly kind: 'unresolved'; readonly reason: string }
  | { readonly kind: 'hangs'; readonly while: 'connecting' | 'answering' }
  | { readonly kind: 'not-ray'; readonly speaks: string }
  | { readonly kind: 'authentication'; readonly message: string }
  | { readonly kind: 'half-answer'; readonly bytes: number; readonly reason: string }
  | { readonly kind: 'too-large'; readonly bytes: number }
  | { readonly kind: 'grpc-error'; readonly code: number; readonly message: string };

// CANCELLED, DEADLINE_EXCEEDED, RESOURCE_EXHAUSTED, ABORTED, UNAVAILABLE: trouble of the moment (grpc/grpc doc/statuscodes.md).
const passing: ReadonlySet<number> = new Set([1, 4, 8, 10, 14]);

/** Tells whether Ray answered in a way that we cannot read and that waiting does not change: this Ray is not as we know it. */
export function isUnknown(judgement: GcsJudgement<GcsQuestion>): boolean {
  if (judgement.kind === 'grpc-error') return !passing.has(judgement.code);
  return ['unreadable', 'too-large', 'gcs-error'].includes(judgement.kind);
}

/** Returns what a raw answer means for the question it was asked for. */
export function judgeGcsAnswer<Q extends GcsQuestion>(question: Q, raw: RawAnswer): GcsJudgement<Q> {
  switch (raw.kind) {
    case 'late':
      return { kind: 'hangs', while: raw.while };
    case 'too-large':
      return { kind: 'too-large', bytes: raw.bytes };
    case 'no-connection':
      return judgeConnection(raw.reason);
    case 'other-protocol':
      return { kind: 'not-ray', speaks: speaker(raw.greeting) };
    case 'cut':
      return { kind: 'half-answer', bytes: 0, reason: raw.reason };
    case 'reply':
      return judgeReply(question, raw);
  }
}

// The words of edge/network/connect-reason.ts.
function judgeConnection(reason: string): GcsJudgement<never> {
  if (reason === 'refused') return { kind: 'refused' };
  if (reason === 'timeout') return { kind: 'hangs', while: 'connecting' };
  return { kind: reason.startsWith('name ') ? 'unresolved' : 'unreachable', reason };
}

type Reply = Extract<RawAnswer, { kind: 'reply' }>;

function judgeReply<Q extends GcsQuestion>(question: Q, raw: Reply): GcsJudgement<Q> {
  if (raw.httpStatus !== 200 || !/^application\/grpc\b/.test(raw.contentType ?? '')) {
    // gRPC over HTTP2, "Responses": without that type it is HTTP of another kind.
    return { kind: 'not-ray', speaks: `HTTP/2 without gRPC (status ${raw.httpStatus})` };
  }
  if (raw.grpcStatus === null) return { kind: 'half-answer', bytes: raw.body.length, reason: 'no status at its end' };
  const message = percentDecoded(raw.grpcMessage ?? '').slice(0, 500);
  if (raw.grpcStatus === unauthenticated) return { kind: 'authentication', message };
  if (raw.grpcStatus !== 0) return { kind: 'grpc-error', code: raw.grpcStatus, message };
  const framed = unframe(raw.body);
  if (framed.kind === 'bad') return { kind: 'unreadable', reason: `expected ${framed.expected}` };
  if (framed.kind === 'message') return readReply(question, framed.message);
  return { kind: 'half-answer', bytes: raw.body.length, reason: `${framed.missingBytes} bytes are missing` };
}

// grpc/grpc doc/statuscodes.md; what Ray's token mode answers.
const unauthenticated = 16;

function percentDecoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
