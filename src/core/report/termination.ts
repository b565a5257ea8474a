// The termination message: what a pod's status shows of a launcher that is gone. Always whole JSON, never too long.
import { exitName } from '#core/errors.ts';
import type { ExitName } from '#core/errors.ts';
import type { Cause } from '#core/group/cause.ts';
import type { Epoch } from '#core/group/message.ts';
import { byteLength, cutText } from '#core/text.ts';

/** What a launcher knows of itself when it writes the message. */
export type TerminationFacts = {
  readonly phase: string;
  /** Since when it is in this phase, unix ms. */
  readonly sinceMs: number;
  readonly rank: number | null;
  readonly host: string;
  readonly epoch: Epoch | null;
  readonly cause: Cause | null;
  readonly rehearsal: boolean;
};

export type TerminationDocument = Omit<TerminationFacts, 'cause'> & {
  readonly schema: 1;
  /** The exit status that the cause stands for; null while there is none. */
  readonly code: number | null;
  /** Its name in the table; null where it is the deciding process's own. */
  readonly name: ExitName | null;
  readonly decidedBy: Cause['decidedBy'] | null;
  readonly cause: Omit<Cause, 'code' | 'decidedBy' | 'lastLines'> | null;
  readonly lastLines: readonly string[];
};

/** Bytes that the kubelet takes of a container's message (Kubernetes, terminationMessagePath). */
const terminationBytes = 4_096;

/** Returns the document of one launcher as of now; `rank` and `host` are its own, those of the cause stand in the cause. */
export function terminationDocument({ cause, ...facts }: TerminationFacts): TerminationDocument {
  const blank = { schema: 1, ...facts, code: null, name: null, decidedBy: null, cause: null, lastLines: [] } as const;
  if (cause === null) return blank;
  const { code, decidedBy, lastLines, ...what } = cause;
  return { ...blank, code, name: exitNameBy(code, decidedBy), decidedBy, cause: what, lastLines };
}

// 75 from a launcher is peer-lost; 75 from an engine is that program's own business.
const exitNameBy = (code: number, decidedBy: Cause['decidedBy']): ExitName | null =>
  decidedBy === 'launcher' ? exitName(code) : null;

/** Returns the document as JSON of at most `maxBytes` (1,024 or more): the oldest lines go first, then long texts shrink. */
export function renderTermination(document: TerminationDocument, maxBytes: number = terminationBytes): string {
  let lines = document.lastLines.slice(-longestTail).map((line) => cutText(line, longestLine));
  let text = JSON.stringify({ ...document, lastLines: lines });
  while (byteLength(text) > maxBytes && lines.length > 0) {
    lines = lines.slice(1);
    text = JSON.stringify({ ...document, lastLines: lines });
  }
  for (const length of lengths) {
    if (byteLength(text) <= maxBytes) break;
    text = JSON.stringify({ ...document, lastLines: [] }, (_, value: unknown) =>
      typeof value === 'string' ? cutText(value, length) : value,
    );
  }
  return text;
}

const longestTail = 100;
const longestLine = 1_024;
// An escaped character takes 6 bytes; at 0 only numbers and keys are left, some 500 bytes.
const lengths = [2_048, 1_024, 512, 256, 128, 64, 32, 16, 0];
