import type { Answers, QuestionOf } from '#core/check/question.ts';

/** Returns this node's wall clock and that of the leader's status server, where one answers. */
export async function askClock({ leader }: QuestionOf<'clock'>, boundMs: number): Promise<Answers['clock']> {
  const leaderMs = leader === null ? null : await dateOf(leader, boundMs);
  const now = new Date();
  return { unixMs: now.getTime(), shown: `${now.toISOString().slice(0, 19)}Z`, leaderMs };
}

async function dateOf({ host, port }: { readonly host: string; readonly port: number }, boundMs: number) {
  const { getDate } = await import('#edge/network/http.ts');
  return await getDate(host, port, '/livez', boundMs);
}
