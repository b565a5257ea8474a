// What observe.js looks at, one row per group: how it is started, what happens to it, and for how long it is watched.
// node + who + signal = the fault, struck once the group is ready; `alone` starts that node only, `early` strikes while it still starts, `twice` strikes again 1.5 s later,
// `pace` is the rehearsal's, where ours would take too long, `asks` sends a request after the fault, `paths` asks every path before it, `told` is what only the rehearsal engine is told.
// A row without a fault records what the engine does of itself, down to its exit code.
const SIGNALS = { kill: 'SIGKILL', term: 'SIGTERM', int: 'SIGINT' };
const top = 'top';
const core = 'VLLM::EngineCore';
const worker = 'VLLM::Worker';
const fault = (node, who, signal, more = {}) => ({
  profile: 'vllm',
  nodes: 2,
  node,
  who,
  signal: SIGNALS[signal],
  watchMs: 25_000,
  ...more,
});
const ends = (extra, more = {}) => ({ profile: 'vllm', nodes: 1, extra, watchMs: 0, ...more });
const dynamo = { profile: 'dynamo' };

export const ROWS = {
  'worker-of-1-kill': fault(1, worker, 'kill'),
  'headless-kill': fault(1, top, 'kill'),
  'headless-term': fault(1, top, 'term'),
  'server-kill': fault(0, top, 'kill'),
  'server-term': fault(0, top, 'term'),
  'core-kill': fault(0, core, 'kill'),
  'worker-of-0-kill': fault(0, worker, 'kill'),
  'link-cut-request': fault(1, 'link', 'kill', { asks: true, watchMs: 330_000, pace: 0.01 }),
  'worker-of-1-kill-request': fault(1, worker, 'kill', { asks: true }),
  'worker-of-1-term': fault(1, worker, 'term'),
  'worker-of-0-term': fault(0, worker, 'term'),
  'core-term': fault(0, core, 'term'),
  'server-int': fault(0, top, 'int', { paths: true }),
  'headless-int': fault(1, top, 'int'),
  'server-alone-term': fault(0, top, 'term', { alone: true }),
  'headless-alone-term': fault(1, top, 'term', { alone: true }),
  'server-alone-kill': fault(0, top, 'kill', { alone: true }),
  'headless-alone-kill': fault(1, top, 'kill', { alone: true }),
  'single-early-term': fault(0, top, 'term', { nodes: 1, early: true, watchMs: 60_000, told: 'ready-after=3s' }),
  'server-alone-term-twice': fault(0, top, 'term', { alone: true, twice: true, watchMs: 40_000 }),
  'single-early-int': fault(0, top, 'int', { nodes: 1, early: true, watchMs: 60_000, told: 'ready-after=3s' }),
  'single-term': fault(0, top, 'term', { nodes: 1, paths: true }),
  'single-kill': fault(0, top, 'kill', { nodes: 1 }),
  'single-core-kill': fault(0, core, 'kill', { nodes: 1 }),
  'two-workers-term': fault(0, top, 'term', { nodes: 1, extra: ['--tensor-parallel-size', '2'], cores: '0|1' }),
  'bad-option': ends(['--no-such-option']),
  'bad-size': ends(['--tensor-parallel-size', 'many']),
  'bad-rank': ends(['--nnodes', '2', '--node-rank', '2', '--tensor-parallel-size', '2']),
  'no-model': ends([], { model: '/no/such/model' }),
  'port-taken': ends([], { taken: 8000 }),
  'dynamo-worker-of-1-kill': fault(1, worker, 'kill', dynamo),
  'dynamo-headless-term': fault(1, top, 'term', dynamo),
  'dynamo-server-kill': fault(0, top, 'kill', dynamo),
  'dynamo-server-term': fault(0, top, 'term', dynamo),
  'dynamo-core-kill': fault(0, core, 'kill', dynamo),
  'dynamo-worker-of-0-kill': fault(0, worker, 'kill', dynamo),
  'dynamo-single-early-term': fault(0, 'top', 'term', {
    nodes: 1,
    early: true,
    watchMs: 60_000,
    told: 'ready-after=3s',
    ...dynamo,
  }),
  'dynamo-single-term': fault(0, top, 'term', { nodes: 1, paths: true, ...dynamo }),
};

/** The ports that have a name; all others are picked at random and only counted. */
export const PORTS = { 8000: 'http', 29500: 'master', 9090: 'system' };

/** What is asked of a ready engine in rows with `paths`: the port, then the paths. */
export const PATHS = {
  vllm: [8000, '/health', '/ping', '/version', '/v1/models', '/metrics', '/load', '/nothing', '/v1/completions'],
  dynamo: [9090, '/health', '/live', '/metrics', '/nothing'],
};

/** What is asked over and over. */
export const PROBES = {
  vllm: [[8000, '/health']],
  dynamo: [
    [9090, '/live'],
    [9090, '/health'],
  ],
};

/** A node's address in the lab. */
export const addressOf = (node) => `10.77.0.${10 + node}`;

/** The command line of one node. */
export const wordsFor = ({ profile, nodes, extra = [], model }, program, node) => {
  const name = model ?? program.model;
  const common = ['--load-format', 'dummy', '--max-model-len', '256', '--enforce-eager'];
  const spanning = [
    '--tensor-parallel-size',
    '2',
    '--distributed-executor-backend',
    'mp',
    '--nnodes',
    '2',
    '--master-addr',
    addressOf(0),
    '--master-port',
    '29500',
    '--node-rank',
    String(node),
  ];
  const flags = [...common, ...(nodes > 1 ? spanning : []), ...(node > 0 ? ['--headless'] : []), ...extra];
  return profile === 'dynamo'
    ? [...program.dynamo, '-m', 'dynamo.vllm', '--model', name, '--discovery-backend', 'file', ...flags]
    : [...program.vllm, 'serve', name, ...flags];
};

/** The environment of one node. */
export const envFor = (node, run) => ({
  ...process.env,
  HF_HUB_OFFLINE: '1',
  VLLM_CPU_KVCACHE_SPACE: '1',
  VLLM_HOST_IP: addressOf(node),
  GLOO_SOCKET_IFNAME: 'eth0',
  TORCHDYNAMO_DISABLE: '1',
  VLLM_CPU_OMP_THREADS_BIND: run.row.cores ?? String(node),
  ...(run.row.profile === 'dynamo' && {
    DYN_SYSTEM_PORT: '9090',
    DYN_TCP_RPC_HOST: addressOf(node),
    DYN_FILE_KV: `${run.folder}/kv`,
  }),
  TMPDIR: run.folder,
  ...(run.kind === 'rehearsal' && {
    REHEARSAL_PACE: String(run.pace),
    REHEARSAL_FAULT: run.row.told ?? '',
  }),
});
