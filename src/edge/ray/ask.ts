import type { EffectOf } from '#core/supervision/effect.ts';
import type { RayAnswer } from '#core/supervision/event.ts';
import { gatherRayToken } from '#edge/facts/ray.ts';
import { judgeGcsAnswer } from '#upstream/ray/judge.ts';
import type { RawAnswer } from '#upstream/ray/raw-answer.ts';

import { askGcs } from './gcs.ts';

type Env = Readonly<Record<string, string>>;
type Asked = EffectOf<'askRay'>;
type OnTheWire = Exclude<Asked, { question: 'status' }>;

const deadlineMs = 2_000;

/** Returns what Ray's GCS, or whoever answers in its place, says within 2 s, or Ray's own program within 15 s; never throws. */
export async function askRay(asked: Asked, env: Env, over: AbortSignal): Promise<RayAnswer> {
  if (asked.question !== 'status') return judged(asked.question, await askWire(asked, env));
  // Loaded only here: a Ray that we can read is asked for nothing else.
  const { askStatus } = await import('./status.ts');
  return { question: 'status', judgement: await askStatus(asked.spec, env, over) };
}

async function askWire({ host, port, question }: OnTheWire, env: Env): Promise<RawAnswer> {
  const found = await gatherRayToken(null, env);
  // A token that is not there is not sent: what Ray answers then says so.
  const token = found !== null && 'value' in found ? { token: found.value } : {};
  return askGcs({ host, port, question, deadlineMs, ...token });
}

function judged(question: OnTheWire['question'], raw: RawAnswer): RayAnswer {
  switch (question) {
    case 'nodes':
      return { question, judgement: judgeGcsAnswer(question, raw) };
    case 'clusterId':
      return { question, judgement: judgeGcsAnswer(question, raw) };
    case 'health':
      return { question, judgement: judgeGcsAnswer(question, raw) };
  }
}
