import type { RayAnswer, RayQuestion } from '#core/supervision/event.ts';
import { gatherRayToken } from '#edge/facts/ray.ts';
import { judgeGcsAnswer } from '#upstream/ray/judge.ts';

import { askGcs } from './gcs.ts';

const deadlineMs = 2_000;

/** Returns what Ray's GCS, or whoever answers in its place, says within 2 s; never throws. */
export async function askRay(
  host: string,
  port: number,
  question: RayQuestion,
  env: Readonly<Record<string, string>>,
): Promise<RayAnswer> {
  const found = await gatherRayToken(null, env);
  // A token that is not there is not sent: what Ray answers then says so.
  const token = found !== null && 'value' in found ? { token: found.value } : {};
  const raw = await askGcs({ host, port, question, deadlineMs, ...token });
  return question === 'nodes'
    ? { question, judgement: judgeGcsAnswer(question, raw) }
    : { question, judgement: judgeGcsAnswer(question, raw) };
}
