import type { RayAnswer, RayQuestion } from '#core/supervision/event.ts';
import { judgeGcsAnswer } from '#upstream/ray/judge.ts';

import { askGcs } from './gcs.ts';
import { readRayToken } from './token.ts';

const deadlineMs = 2_000;

/** Returns what Ray's GCS, or whoever answers in its place, says within 2 s; never throws. */
export async function askRay(
  host: string,
  port: number,
  question: RayQuestion,
  env: Readonly<Record<string, string>>,
): Promise<RayAnswer> {
  const token = await readRayToken(env).catch(() => null);
  const raw = await askGcs({ host, port, question, deadlineMs, ...(token === null ? {} : { token }) });
  return question === 'nodes'
    ? { question, judgement: judgeGcsAnswer(question, raw) }
    : { question, judgement: judgeGcsAnswer(question, raw) };
}
