// The limits of this process, which its children inherit (proc_pid_limits(5)).
import type { Line } from './line.ts';
import { ok, warning } from './line.ts';
import type { Answers, QuestionOf } from './question.ts';

/** Soft and hard limit; Infinity is unlimited. */
export type Limit = { readonly soft: number; readonly hard: number };

/** Returns a row of /proc/self/limits, null where there is no such row. */
export function readLimit(text: string, row: string): Limit | null {
  const line = text.split('\n').find((each) => each.startsWith(`${row} `));
  const [, soft, hard] = /^ +(unlimited|\d{1,20}) +(unlimited|\d{1,20})( |$)/.exec(line?.slice(row.length) ?? '') ?? [];
  const number = (value: string) => (value === 'unlimited' ? Infinity : Number(value));
  return soft === undefined || hard === undefined ? null : { soft: number(soft), hard: number(hard) };
}

// An engine starts some hundred threads for each of its processes (OpenMP, NCCL, gRPC); each counts.
const fewProcesses = 4_096;

/** Returns a line for each of the limits on files, locked memory and processes. */
export function limitLines({ files, who }: QuestionOf<'limits'>, { text, infiniband }: Answers['limits']): Line[] {
  if (text === null)
    return [warning('limits', 'the limits of this process are not known: there is no /proc/self/limits')];
  return [
    ...lineOf(text, 'Max open files', ({ hard }) => filesLine(hard, files, who)),
    ...lineOf(text, 'Max locked memory', ({ soft }) => memlockLine(soft, infiniband)),
    ...lineOf(text, 'Max processes', ({ soft }) => processesLine(soft)),
  ];
}

const lineOf = (text: string, row: string, judge: (limit: Limit) => Line): Line[] => {
  const limit = readLimit(text, row);
  return [limit === null ? warning('limits', `/proc/self/limits does not tell ${row}`) : judge(limit)];
};

// Node raises the soft limit to the hard one when it starts (pid1.md 3), so the hard one is what the engine gets.
function filesLine(hard: number, least: number, who: string): Line {
  const message = `open files (nofile) are ${shown(hard)}`;
  if (hard >= least) return ok('limits', message);
  return warning(
    'limits',
    `${message}, ${who} asks for ${least}`,
    'raise it: ulimit -n, LimitNOFILE=, docker --ulimit nofile',
  );
}

function memlockLine(soft: number, infiniband: boolean): Line {
  const message = `locked memory (memlock) is limited to ${soft} bytes`;
  if (soft === Infinity) return ok('limits', 'locked memory (memlock) is not limited');
  if (!infiniband) return ok('limits', `${message}; there is no InfiniBand device that needs more`);
  return warning(
    'limits',
    `${message}: RDMA registers more`,
    'make it unlimited: ulimit -l unlimited, docker --ulimit memlock=-1',
  );
}

function processesLine(soft: number): Line {
  const message = `processes and threads (nproc) are ${shown(soft)}`;
  return soft >= fewProcesses
    ? ok('limits', message)
    : warning(
        'limits',
        `${message}, an engine needs thousands`,
        'raise it: ulimit -u, LimitNPROC=, docker --ulimit nproc',
      );
}

const shown = (limit: number): string => (limit === Infinity ? 'not limited' : `limited to ${limit}`);
