import type { Answers, QuestionOf } from './question.ts';
import type { Line } from './line.ts';
import { ok, refused, warning } from './line.ts';

type Ports = QuestionOf<'ports'>;

/** Returns a line that ports are free, or one for each that is not. */
export function portLines(question: Ports, taken: Answers['ports']): Line[] {
  const { use, ports } = question;
  if (taken.length > 0) return taken.map((each) => takenLine(question, each));
  const [first, last] = [ports[0] ?? 0, ports.at(-1) ?? 0];
  return [
    ok('port', first === last ? `port ${first} (${use}) is free` : `ports ${first} to ${last} (${use}) are free`),
  ];
}

function takenLine({ use, option, needed }: Ports, { port, why, holder, reason }: Answers['ports'][number]): Line {
  const by =
    holder === null ? 'taken by a process that /proc does not show' : `taken by ${holder.command} (pid ${holder.pid})`;
  const message = `port ${port} (${use}) ${why === 'taken' ? `is ${by}` : `cannot be bound: ${reason}`}`;
  const hint = why === 'taken' ? `stop it or give ${option}` : `give ${option}`;
  return needed
    ? refused('port', 'os', message, hint)
    : warning('port', `${message}: run would go on without it`, hint);
}
