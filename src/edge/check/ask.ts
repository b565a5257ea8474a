// Asks what `check` wants to know, all side by side; what is not answered within the bound is null.
import type { Answers, Asked, Question, QuestionOf } from '#core/check/question.ts';
import { within } from '#edge/facts/within.ts';
import { lookupAll } from '#edge/network/lookup.ts';
import { connectReason } from '#edge/network/connect-reason.ts';
import { reachAny } from '#edge/network/reach.ts';
import { resolveLeader } from '#edge/network/resolve.ts';

import { askClock } from './clock.ts';
import { askLimits, askModel, askShm } from './files.ts';
import { askPorts } from './ports.ts';

type Asker = { readonly [K in Question['kind']]: (question: QuestionOf<K>, boundMs: number) => Promise<Answers[K]> };

// The answer of a question must come before the bound of all, so that it can say why.
const spareMs = 500;

const asker: Asker = {
  ports: askPorts,
  leader: async ({ host }, boundMs) => resolveLeader(host, boundMs),
  members: askMembers,
  service: askService,
  model: askModel,
  shm: askShm,
  limits: askLimits,
  clock: askClock,
};

/** Returns each question with its answer after `boundMs` at most; a question that cannot be asked rejects. */
export const askAll = (questions: readonly Question[], boundMs: number): Promise<Asked[]> =>
  Promise.all(questions.map((question) => askOne(question, boundMs)));

async function askOne(question: Question, boundMs: number): Promise<Asked> {
  const ask = asker[question.kind] as (question: Question, boundMs: number) => Promise<unknown>;
  const answer = await within<unknown>(boundMs, ask(question, boundMs - spareMs), null);
  return { question, answer } as Asked;
}

async function askMembers({ hosts }: QuestionOf<'members'>, boundMs: number): Promise<Answers['members']> {
  const asked = hosts.map(async (host) => {
    const answer = lookupAll(host).then(() => null, connectReason);
    return { host, reason: await within(boundMs, answer, `no answer within ${boundMs} ms`) };
  });
  return (await Promise.all(asked)).flatMap(({ host, reason }) => (reason === null ? [] : [{ host, reason }]));
}

async function askService({ service }: QuestionOf<'service'>, boundMs: number): Promise<Answers['service']> {
  const reached = await reachAny(service.places, boundMs);
  return 'at' in reached ? { at: renderPlace(reached.at) } : reached;
}

const renderPlace = ({ host, port }: { readonly host: string; readonly port: number }): string =>
  `${host.includes(':') ? `[${host}]` : host}:${port}`;
