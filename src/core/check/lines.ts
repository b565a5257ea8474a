// Answers to lines: what each of them means for a launch.
import { quoteList } from '#core/quote.ts';

import { limitLines } from './limits.ts';
import type { Line } from './line.ts';
import { ok, refused, warning } from './line.ts';
import { modelLine } from './model-line.ts';
import { portLines } from './port-lines.ts';
import type { Answers, Asked, Question, QuestionOf } from './question.ts';

type Kind = Question['kind'];
type Meaning<K extends Kind> = {
  /** What was asked about, for the line of a question that was not answered. */
  readonly subject: (question: QuestionOf<K>) => string;
  readonly lines: (question: QuestionOf<K>, answer: Answers[K]) => Line[];
};

const meanings: { readonly [K in Kind]: Meaning<K> } = {
  ports: { subject: ({ ports, use }) => `ports ${ports.join(', ')} (${use})`, lines: portLines },
  leader: { subject: ({ host }) => `the leader's name ${host}`, lines: (...asked) => [leaderLine(...asked)] },
  members: { subject: () => 'the names of the members', lines: (...asked) => [membersLine(...asked)] },
  service: { subject: ({ service }) => service.name, lines: (...asked) => [serviceLine(...asked)] },
  model: { subject: ({ model }) => `the model ${model}`, lines: (...asked) => [modelLine(...asked)] },
  shm: { subject: () => '/dev/shm', lines: (...asked) => [shmLine(...asked)] },
  limits: { subject: () => 'the limits of this process', lines: limitLines },
  clock: { subject: () => "this node's clock", lines: (...asked) => [clockLine(...asked)] },
};

/** Returns the lines of a question and its answer; one that was not answered in time is a warning. */
export function linesOf({ question, answer }: Asked): Line[] {
  const { subject, lines } = meanings[question.kind] as Meaning<Kind>;
  return answer === null
    ? [warning(question.kind, `${subject(question)}: no answer in time`)]
    : lines(question, answer as never);
}

function leaderLine({ host }: QuestionOf<'leader'>, answer: Answers['leader']): Line {
  if ('address' in answer) {
    const is = answer.address === host ? '' : ` is ${answer.address}`;
    return ok('name', `the leader's name ${host}${is === '' ? ' is an address' : is}`);
  }
  const hint = 'give --leader an address, or publish the name (publishNotReadyAddresses for a Service)';
  return refused('name', 'unreachable', `the leader's name ${host} does not resolve: ${answer.reason}`, hint);
}

function membersLine({ hosts }: QuestionOf<'members'>, failed: Answers['members']): Line {
  const whose = hosts.length === 1 ? 'the name of one member' : `the names of ${hosts.length} members`;
  if (failed.length === 0) return ok('name', `${whose} beside the leader resolve${hosts.length === 1 ? 's' : ''}`);
  const named = quoteList(failed.map(({ host, reason }) => `${host} (${reason})`));
  return warning('name', `of ${whose} beside the leader ${failed.length} cannot be resolved here: ${named}`);
}

function serviceLine({ service }: QuestionOf<'service'>, answer: Answers['service']): Line {
  const { name, from, places } = service;
  if ('at' in answer) return ok('service', `${name} is reachable at ${answer.at}`);
  const where = places.map(
    ({ host, port }, index) =>
      `${host.includes(':') ? `[${host}]` : host}:${port} (${answer.reasons[index] ?? 'not asked'})`,
  );
  return refused(
    'service',
    'unreachable',
    `${name} is not reachable at ${quoteList(where)}`,
    `start it or correct ${from}`,
  );
}

const mebibytes = (bytes: number): string =>
  bytes >= 10 * 1_073_741_824 ? `${Math.round(bytes / 1_073_741_824)} GiB` : `${Math.floor(bytes / 1_048_576)} MiB`;

// Not even the heads of the queues fit.
const hopelessBytes = 1_048_576;
const enlarge = 'give the pod a larger emptyDir of medium Memory at /dev/shm, or docker --shm-size';

function shmLine({ neededBytes, why }: QuestionOf<'shm'>, answer: Answers['shm']): Line {
  const closed = 'reason' in answer ? answer.reason : answer.unwritable;
  if (closed !== null) {
    const message = `/dev/shm cannot be used: ${closed}`;
    return neededBytes > 0 ? refused('shm', 'os', message, 'mount a tmpfs at /dev/shm') : warning('shm', message);
  }
  const free = 'freeBytes' in answer ? answer.freeBytes : 0;
  const message = `/dev/shm has ${mebibytes(free)} free`;
  if (free >= neededBytes)
    return ok('shm', neededBytes === 0 ? message : `${message}, up to ${mebibytes(neededBytes)} are needed`);
  const lacks = `${message}, up to ${mebibytes(neededBytes)} may be needed (${why})`;
  return free < hopelessBytes ? refused('shm', 'os', lacks, enlarge) : warning('shm', lacks, enlarge);
}

// Certificates and tokens are refused by then; Date of HTTP counts whole seconds.
const farMs = 60_000;
/** The first of January 2024. */
const begunMs = 1_704_067_200_000;

function clockLine({ leader }: QuestionOf<'clock'>, { unixMs, shown: now, leaderMs }: Answers['clock']): Line {
  if (unixMs < begunMs)
    return warning(
      'clock',
      `this node's clock says ${now}, which is long ago`,
      'set it: certificates and tokens are refused',
    );
  if (leader === null) return ok('clock', `this node's clock says ${now}`);
  if (leaderMs === null) return ok('clock', `this node's clock says ${now}; no launcher of the leader to compare with`);
  const apart = Math.round(Math.abs(unixMs - leaderMs) / 1_000);
  if (apart * 1_000 < farMs) return ok('clock', `this node's clock says ${now}, as the leader's`);
  const side = unixMs > leaderMs ? 'ahead of' : 'behind';
  return warning('clock', `this node's clock is ${apart} s ${side} the leader's`, 'set both by the same source');
}
