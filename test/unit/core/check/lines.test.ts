import { describe, expect, test } from 'vitest';

import { linesOf } from '#core/check/lines.ts';
import type { Answers, Asked, Question, QuestionOf } from '#core/check/question.ts';
import { hubPlaces } from '#upstream/hub.ts';

function told<K extends Question['kind']>(question: QuestionOf<K>, answer: Answers[K] | null): string[] {
  return linesOf({ question, answer } as Asked).map(
    ({ level, name, message, hint }) =>
      `${level}${name === null ? '' : ` ${name}`}: ${message}${hint === null ? '' : `; ${hint}`}`,
  );
}

const status: QuestionOf<'ports'> = {
  kind: 'ports',
  use: 'status',
  ports: [9_440],
  host: null,
  option: '--status-port',
  needed: false,
};
const engine: QuestionOf<'ports'> = { ...status, use: 'engine', ports: [8_000], option: '--port', needed: true };
const ray: QuestionOf<'ports'> = { ...engine, use: 'Ray', ports: [6_380, 6_381, 6_382], option: '--ray-port' };
const taken = { port: 8_000, why: 'taken', holder: { pid: 4_711, command: 'python3' }, reason: 'EADDRINUSE' } as const;

describe('ports', () => {
  test.each([
    [status, [], ['ok: port 9440 (status) is free']],
    [ray, [], ['ok: ports 6380 to 6382 (Ray) are free']],
    [engine, [taken], ['refused os: port 8000 (engine) is taken by python3 (pid 4711); stop it or give --port']],
    [
      engine,
      [{ ...taken, holder: null }],
      ['refused os: port 8000 (engine) is taken by a process that /proc does not show; stop it or give --port'],
    ],
    [
      engine,
      [{ ...taken, why: 'other' as const, reason: 'EACCES' }],
      ['refused os: port 8000 (engine) cannot be bound: EACCES; give --port'],
    ],
    [
      status,
      [{ ...taken, port: 9_440 }],
      [
        'warning: port 9440 (status) is taken by python3 (pid 4711): run would go on without it; stop it or give --status-port',
      ],
    ],
    [
      ray,
      [
        { ...taken, port: 6_380 },
        { ...taken, port: 6_382 },
      ],
      [
        'refused os: port 6380 (Ray) is taken by python3 (pid 4711); stop it or give --ray-port',
        'refused os: port 6382 (Ray) is taken by python3 (pid 4711); stop it or give --ray-port',
      ],
    ],
  ])('%#', (question, answer, expected) => expect(told(question, answer)).toEqual(expected));
});

describe('names', () => {
  const leader = { kind: 'leader', host: 'n0' } as const;
  const members = { kind: 'members', hosts: ['n1', 'n2'] } as const;
  test.each([
    [told(leader, { address: '10.0.0.1' }), ["ok: the leader's name n0 is 10.0.0.1"]],
    [told({ ...leader, host: '10.0.0.1' }, { address: '10.0.0.1' }), ["ok: the leader's name 10.0.0.1 is an address"]],
    [
      told(leader, { reason: 'name not resolved (ENOTFOUND)' }),
      [
        "refused unreachable: the leader's name n0 does not resolve: name not resolved (ENOTFOUND); give --leader an address, or publish the name (publishNotReadyAddresses for a Service)",
      ],
    ],
    [told(leader, null), ["warning: the leader's name n0: no answer in time"]],
    [told(members, []), ['ok: the names of 2 members beside the leader resolve']],
    [told({ ...members, hosts: ['n1'] }, []), ['ok: the name of one member beside the leader resolves']],
    [
      told(members, [{ host: 'n2', reason: 'timeout' }]),
      ['warning: of the names of 2 members beside the leader 1 cannot be resolved here: n2 (timeout)'],
    ],
    [told(members, null), ['warning: the names of the members: no answer in time']],
  ])('%#', (lines, expected) => expect(lines).toEqual(expected));
});

describe('services', () => {
  const places = [
    { host: 'a', port: 2_379 },
    { host: '::1', port: 1 },
  ];
  const question = { kind: 'service', service: { name: 'etcd', from: 'ETCD_ENDPOINTS', places } } as const;
  test.each([
    [told(question, { at: 'a:2379' }), ['ok: etcd is reachable at a:2379']],
    [
      told(question, { reasons: ['refused', 'timeout'] }),
      [
        'refused unreachable: etcd is not reachable at a:2379 (refused), [::1]:1 (timeout); start it or correct ETCD_ENDPOINTS',
      ],
    ],
    [
      told(question, { reasons: ['refused'] }),
      [
        'refused unreachable: etcd is not reachable at a:2379 (refused), [::1]:1 (not asked); start it or correct ETCD_ENDPOINTS',
      ],
    ],
    [told(question, null), ['warning: etcd: no answer in time']],
  ])('%#', (lines, expected) => expect(lines).toEqual(expected));
});

describe('a model of the hub', () => {
  const bare = { isPath: false, cached: false, unwritable: null, tokenFile: false };
  const ask = (
    env: Readonly<Record<string, string>>,
    answer: Answers['model'] | null,
    downloads: string | null = null,
  ) => told({ kind: 'model', model: 'a/b', downloads, hub: hubPlaces({ HF_HOME: '/hf', ...env }) }, answer);
  const yet = 'model "a/b" is not in /hf/hub on this node yet';
  test.each([
    [ask({}, { ...bare, isPath: true }), 'ok: model "a/b" is a folder of this node'],
    [ask({}, { ...bare, cached: true, unwritable: 'EROFS' }), 'ok: model "a/b" is in /hf/hub on this node'],
    [ask({}, { ...bare, cached: true }, '/d'), 'ok: model "a/b" is in /d on this node'],
    [ask({ HF_TOKEN: 'hf_x' }, bare), `ok: ${yet}; it can be written, and there is a token (HF_TOKEN)`],
    [ask({}, { ...bare, tokenFile: true }), `ok: ${yet}; it can be written, and there is a token (/hf/token)`],
    [
      ask({}, bare),
      `warning: ${yet}; it can be written, but there is no token for the hub; set HF_TOKEN if the model is gated`,
    ],
    [
      ask({}, { ...bare, unwritable: 'EROFS at /hf' }),
      `refused io: ${yet}, which cannot be written: EROFS at /hf; mount it writable, or set HF_HOME to a folder that is`,
    ],
    [
      ask({ HF_HUB_OFFLINE: '1' }, bare),
      'refused config: model "a/b" is not in /hf/hub on this node, and HF_HUB_OFFLINE forbids to ask the hub; mount a cache that has it, or name its path',
    ],
    [ask({}, null), 'warning: the model a/b: no answer in time'],
  ])('%#', (lines, expected) => expect(lines).toEqual([expected]));
});

describe('/dev/shm', () => {
  const question = { kind: 'shm', neededBytes: 640 * 1_048_576, why: 'queues of 2 workers' } as const;
  const nothing = { ...question, neededBytes: 0, why: '' };
  const free = (mebibytes: number, unwritable: string | null = null) => ({
    freeBytes: mebibytes * 1_048_576,
    unwritable,
  });
  const enlarge = 'give the pod a larger emptyDir of medium Memory at /dev/shm, or docker --shm-size';
  const lacks = (is: string) =>
    `/dev/shm has ${is} free, up to 640 MiB may be needed (queues of 2 workers); ${enlarge}`;
  test.each([
    [told(question, free(640)), 'ok: /dev/shm has 640 MiB free, up to 640 MiB are needed'],
    [told(question, free(15_360)), 'ok: /dev/shm has 15 GiB free, up to 640 MiB are needed'],
    [told(nothing, free(0.5)), 'ok: /dev/shm has 0 MiB free'],
    [told(question, free(639.9)), `warning: ${lacks('639 MiB')}`],
    [told(question, free(1)), `warning: ${lacks('1 MiB')}`],
    [told(question, free(0.99)), `refused os: ${lacks('0 MiB')}`],
    [told(question, free(640, 'EROFS')), 'refused os: /dev/shm cannot be used: EROFS; mount a tmpfs at /dev/shm'],
    [told(question, { reason: 'ENOENT' }), 'refused os: /dev/shm cannot be used: ENOENT; mount a tmpfs at /dev/shm'],
    [told(nothing, { reason: 'ENOENT' }), 'warning: /dev/shm cannot be used: ENOENT'],
    [told(question, null), 'warning: /dev/shm: no answer in time'],
  ])('%#', (lines, expected) => expect(lines).toEqual([expected]));
});

describe('the clock', () => {
  const leader = { kind: 'clock', leader: { host: 'n0', port: 9_440 } } as const;
  const alone = { kind: 'clock', leader: null } as const;
  const now = 1_763_700_000_000;
  const shown = '2025-11-21T04:40:00Z';
  const clock = (unixMs: number, leaderMs: number | null) => ({ unixMs, shown, leaderMs });
  test.each([
    [told(alone, clock(now, null)), `ok: this node's clock says ${shown}`],
    [told(leader, clock(now, null)), `ok: this node's clock says ${shown}; no launcher of the leader to compare with`],
    [told(leader, clock(now, now - 59_000)), `ok: this node's clock says ${shown}, as the leader's`],
    [
      told(leader, clock(now, now - 60_000)),
      "warning: this node's clock is 60 s ahead of the leader's; set both by the same source",
    ],
    [
      told(leader, clock(now, now + 3_600_000)),
      "warning: this node's clock is 3600 s behind the leader's; set both by the same source",
    ],
    [
      told(alone, clock(Date.UTC(2024, 0, 1) - 1, null)),
      `warning: this node's clock says ${shown}, which is long ago; set it: certificates and tokens are refused`,
    ],
    [told(alone, clock(Date.UTC(2024, 0, 1), null)), `ok: this node's clock says ${shown}`],
    [told(alone, null), "warning: this node's clock: no answer in time"],
  ])('%#', (lines, expected) => expect(lines).toEqual([expected]));
});

describe('limits', () => {
  const row = (name: string, soft: string, hard: string) =>
    `${name.padEnd(26)}${soft.padEnd(21)}${hard.padEnd(21)}units`;
  const text = (files: string, memlock: string, processes: string) =>
    [
      'Limit                     Soft Limit           Hard Limit           Units     ',
      row('Max processes', processes, 'unlimited'),
      row('Max open files', '1024', files),
      row('Max locked memory', memlock, 'unlimited'),
    ].join('\n');
  const question = { kind: 'limits', files: 65_535, who: 'vLLM' } as const;
  const ask = (of: string | null, infiniband = false) => told(question, { text: of, infiniband });

  test('that are high enough are fine; of files the hard one counts', () => {
    expect(ask(text('65535', 'unlimited', '4096'), true)).toEqual([
      'ok: open files (nofile) are limited to 65535',
      'ok: locked memory (memlock) is not limited',
      'ok: processes and threads (nproc) are limited to 4096',
    ]);
    expect(ask(text('unlimited', '8388608', 'unlimited'))).toEqual([
      'ok: open files (nofile) are not limited',
      'ok: locked memory (memlock) is limited to 8388608 bytes; there is no InfiniBand device that needs more',
      'ok: processes and threads (nproc) are not limited',
    ]);
  });

  test('that are too low are warned of', () => {
    expect(ask(text('65534', '65536', '4095'), true)).toEqual([
      'warning: open files (nofile) are limited to 65534, vLLM asks for 65535; raise it: ulimit -n, LimitNOFILE=, docker --ulimit nofile',
      'warning: locked memory (memlock) is limited to 65536 bytes: RDMA registers more; make it unlimited: ulimit -l unlimited, docker --ulimit memlock=-1',
      'warning: processes and threads (nproc) are limited to 4095, an engine needs thousands; raise it: ulimit -u, LimitNPROC=, docker --ulimit nproc',
    ]);
  });

  test('that are not known are warned of too', () => {
    expect(ask(null)).toEqual(['warning: the limits of this process are not known: there is no /proc/self/limits']);
    expect(ask('Max open files so many')).toEqual(
      ['Max open files', 'Max locked memory', 'Max processes'].map(
        (name) => `warning: /proc/self/limits does not tell ${name}`,
      ),
    );
    expect(told(question, null)).toEqual(['warning: the limits of this process: no answer in time']);
  });
});
