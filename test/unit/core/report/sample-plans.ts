// Plans written by hand, one per kind of ending, for tests of what is made of a plan.
import type { PlanDocument } from '#core/plan/plan.ts';

const given = [
  'vllm',
  'serve',
  '/models/m',
  '--tensor-parallel-size',
  '16',
  '--served-model-name',
  "it's m",
  '--api-key',
  'k-123456',
];

/** Rank 1 of 2 under LWS, mp by the version that the operator stamped. */
export const mpWorker: PlanDocument = {
  schema: 1,
  identity: {
    source: 'lws',
    role: 'worker',
    rank: 1,
    size: 2,
    leader: { host: 'm-0.m.prod', port: 9441, via: 'LWS_LEADER_ADDRESS' },
    group: 'm-0',
    generation: '6f5d8c7b9',
    nodes: ['m-0.m.prod', 'm-0-1.m.prod'],
    claims: [
      {
        source: 'lws',
        complete: true,
        used: true,
        why: 'LWS_WORKER_INDEX=1 LWS_GROUP_SIZE=2 LWS_LEADER_ADDRESS=m-0.m.prod',
      },
      { source: 'dynamo', complete: false, used: false, why: 'DYNAMO_RANK=1 agrees, and gives no size' },
    ],
  },
  annotations: {
    values: { 'nvidia.com/dynamo-operator-origin-version': '1.6.1', 'nvidia.com/pull-token': 'abcdef-secret' },
    source: '/etc/podinfo/annotations',
  },
  gpus: { count: 8, source: 'NVIDIA_VISIBLE_DEVICES' },
  decision: {
    outcome: 'mp',
    executor: 'mp',
    rule: 'origin-version',
    annotation: { key: 'nvidia.com/dynamo-operator-origin-version', value: '1.6.1' },
    reason:
      'the operator that created the deployment is 1.6.1, and mp is its default from 1.0.0 on; one engine of 16 processes spans nodes of 8',
  },
  engine: {
    profile: 'vllm',
    version: '0.31.0',
    mode: 'aggregated',
    command: given,
    sizes: { tp: 16, pp: 1, dp: 1, world: 16 },
  },
  processes: [
    {
      name: 'engine',
      argv: [
        ...given,
        '--shutdown-timeout',
        '15',
        '--distributed-executor-backend',
        'mp',
        '--nnodes',
        '2',
        '--master-addr',
        'm-0.m.prod',
        '--master-port',
        '29500',
        '--node-rank',
        '1',
        '--headless',
      ],
      env: {
        set: {
          VLLM_HOST_IP: '10.2.0.7',
          NCCL_SOCKET_IFNAME: 'eth0',
          GLOO_SOCKET_IFNAME: null,
          HF_TOKEN: 'hf_abcdefgh',
        },
        unset: ['VLLM_PORT'],
      },
      after: [],
    },
  ],
  gates: [
    { kind: 'dns', target: 'm-0.m.prod', deadlineMs: 600_000 },
    { kind: 'group', target: 'm-0.m.prod:9441', deadlineMs: 1_800_000 },
  ],
  ports: { status: 9440, group: 9441, master: 29_500, rpc: null, engine: null, system: null, ray: null },
  deadlines: {
    dns: 600_000,
    group: 1_800_000,
    'ray-nodes': 600_000,
    startup: 7_200_000,
    drain: 15_000,
    grace: 25_000,
    peer: 5_000,
    stall: 600_000,
    rejoin: 300_000,
  },
  warnings: [
    {
      code: 'open-group',
      message: 'the group link has no token: whoever reaches port 9441 can say hello; give --group-token-file',
    },
  ],
  errors: [],
};

/** One node, a command of the user's. */
export const single: PlanDocument = {
  ...mpWorker,
  identity: {
    source: null,
    role: 'single',
    rank: 0,
    size: 1,
    leader: null,
    group: null,
    generation: null,
    nodes: null,
    claims: [],
  },
  annotations: { values: {}, source: null },
  gpus: { count: null, source: null },
  decision: { outcome: 'single', executor: null, rule: 'not-needed', annotation: null, reason: 'one node' },
  engine: {
    profile: 'command',
    version: null,
    mode: null,
    command: ['python3', '-m', 'http.server', '8000'],
    sizes: { tp: null, pp: null, dp: null, world: null },
  },
  processes: [
    { name: 'engine', argv: ['python3', '-m', 'http.server', '8000'], env: { set: {}, unset: [] }, after: [] },
  ],
  gates: [],
  ports: { status: 9440, group: null, master: null, rpc: null, engine: null, system: null, ray: null },
  warnings: [],
};

/** The leader of a Dynamo decode deployment that starts a Ray head first. */
export const rayLeader: PlanDocument = {
  ...mpWorker,
  identity: { ...mpWorker.identity, role: 'leader', rank: 0 },
  decision: {
    outcome: 'ray',
    executor: 'ray',
    rule: 'override',
    annotation: { key: 'nvidia.com/vllm-distributed-executor-backend', value: 'ray' },
    reason: '',
  },
  engine: {
    ...mpWorker.engine,
    profile: 'dynamo',
    mode: 'decode',
    command: ['python3', '-m', 'dynamo.vllm', '--model', 'm'],
  },
  processes: [
    { name: 'ray-head', argv: ['ray', 'start', '--head', '--block'], env: { set: {}, unset: [] }, after: [] },
    {
      name: 'engine',
      argv: ['python3', '-m', 'dynamo.vllm', '--model', 'm', '--distributed-executor-backend', 'ray'],
      env: { set: { DYN_SYSTEM_PORT: '9090' }, unset: [] },
      after: ['ray-head'],
    },
  ],
  gates: [
    { kind: 'ray-nodes', target: '2 nodes, 16 GPUs', deadlineMs: 600_000 },
    { kind: 'gpu-memory', target: '8 GPUs', deadlineMs: 60_000 },
    { kind: 'http', target: 'http://127.0.0.1:9090/health', deadlineMs: 7_200_000 },
  ],
};

/** Nothing can be decided: a rank is missing, and the override has a typing error. */
export const refused: PlanDocument = {
  ...single,
  identity: {
    ...single.identity,
    role: null,
    rank: null,
    size: 2,
    claims: [
      { source: 'options', complete: false, used: true, why: '--nnodes=2 proves 2 nodes, and nothing gives a rank' },
    ],
  },
  decision: { outcome: null, executor: null, rule: null, annotation: null, reason: '' },
  processes: [],
  ports: { status: null, group: null, master: null, rpc: null, engine: null, system: null, ray: null },
  errors: [
    {
      code: 78,
      name: 'config',
      message: 'cannot tell which of 2 nodes this is: --nnodes says 2, and nothing gives a rank',
      hint: 'give --node-rank, or --hosts with this host in it',
    },
    {
      code: 78,
      name: 'config',
      message:
        'cannot use annotation nvidia.com/vllm-distributed-executor-backend="rey" (/etc/podinfo/annotations): it is neither mp nor ray',
      hint: 'write mp or ray, or give --lenient-annotations',
    },
  ],
};

/** Hardly anything is known, and one problem has no way out. */
export const partial: PlanDocument = {
  ...mpWorker,
  identity: { ...single.identity, role: null, rank: 3, size: null },
  annotations: { values: {}, source: '/etc/podinfo/annotations' },
  gpus: { count: 1, source: null },
  decision: { ...mpWorker.decision, outcome: null, annotation: null, reason: '' },
  engine: {
    ...mpWorker.engine,
    version: null,
    command: ['vllm', 'serve', 'm'],
    sizes: { tp: 2, pp: 1, dp: 1, world: null },
  },
  processes: [
    { name: 'ray-agent', argv: ['ray', 'start'], env: { set: {}, unset: ['A', 'B'] }, after: [] },
    {
      name: 'engine',
      argv: ['node', 'r.js', 'serve', 'm', '-x'],
      env: { set: {}, unset: [] },
      after: ['ray-head', 'ray-agent'],
    },
  ],
  gates: [],
  warnings: [],
  errors: [{ code: 71, name: 'os', message: 'cannot ask the kernel: EIO', hint: '' }],
};

/** A member whose rank nobody knows, of a group whose outcome is open. */
export const undecided: PlanDocument = {
  ...refused,
  identity: { ...refused.identity, rank: 1, size: 2, role: 'worker' },
  annotations: { values: { 'app.kubernetes.io/name': 'm' }, source: null },
  errors: [],
};

export const samplePlans = { mpWorker, single, rayLeader, refused, partial, undecided } as const;
