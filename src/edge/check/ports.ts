import { createServer } from 'node:net';

import type { Answers, QuestionOf } from '#core/check/question.ts';
import { tryListen } from '#edge/network/listen.ts';
import { portHolder } from '#edge/network/port-holder.ts';

type Taken = Answers['ports'][number];

/** Returns the ports that cannot be bound right now: each is bound for a moment, and given back. */
export async function askPorts({ ports, host }: QuestionOf<'ports'>): Promise<Answers['ports']> {
  const answers = await Promise.all(ports.map((port) => askPort(port, host)));
  return answers.filter((answer) => answer !== null);
}

async function askPort(port: number, host: string | null): Promise<Taken | null> {
  const server = createServer();
  const error = await tryListen(server, port, host);
  if (error === null) {
    await new Promise((resolve) => {
      server.close(resolve);
    });
    return null;
  }
  if (error.code === 'EADDRINUSE') return { port, why: 'taken', holder: await portHolder(port), reason: error.code };
  return { port, why: 'other', holder: null, reason: error.code ?? error.message };
}
