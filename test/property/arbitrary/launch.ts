import fc from 'fast-check';

import type { Facts, TextFile } from '#core/facts.ts';
import type { Options } from '#core/options.ts';
import { optionTable } from '#core/options.ts';
import type { YamlReading } from '#core/yaml.ts';

import { bareFacts, mapText, withOptions } from '../../unit/core/bare-facts.ts';

// Machines, options and commands: what people and platforms write, and what nobody should.

export type ArbitraryLaunch = {
  readonly facts: Facts;
  readonly options: Options;
  readonly words: readonly string[];
  readonly config: YamlReading | null;
};

const pick = <T>(...values: readonly T[]): fc.Arbitrary<T> => fc.constantFrom(...values);
const odd = fc.oneof(fc.string(), pick('', ' ', '0', '-1', 'x', '2', '1e9', '٣', '\n', '\u001b[2J', 'a=b', '"', '--'));
const number = pick('0', '1', '2', '3', '-1', '8', 'x', '');
const host = pick('n1', 'a-0.svc', '10.0.0.1', 'fd00::1', '[fd00::1]:9441', 'localhost', '127.0.0.1', 'a b', '');

const names = pick(
  ...['LWS_GROUP_SIZE', 'LWS_WORKER_INDEX', 'GROVE_PCLQ_POD_INDEX', 'GROVE_PCSG_INDEX', 'GROVE_PCSG_TEMPLATE_NUM_PODS'],
  ...['GROVE_PCLQ_NAME', 'GROVE_PCSG_NAME', 'GROVE_HEADLESS_SERVICE', 'DYNAMO_RANK', 'DYN_PARENT_DGD_K8S_NAME'],
  ...['DYNAMO_LEADER_ADDRESS', 'LWS_LEADER_ADDRESS', 'DYN_VLLM_HEADLESS', 'DYN_VLLM_DISAGGREGATION_MODE'],
  ...['DYN_SYSTEM_PORT', 'DYN_SYSTEM_LIVE_PATH', 'VLLM_PORT', 'VLLM_HOST_IP', 'VLLM_API_KEY', 'NCCL_SOCKET_IFNAME'],
  ...['constructor', '__proto__', 'toString'],
);
const env = fc.dictionary(
  fc.oneof(names, fc.string()),
  fc.oneof(number, host, odd, pick('tcp://10.0.0.1:80', 'true', '9090')),
);
const lws = fc.tuple(pick('0', '1', '2', '3'), pick('2', '3', '4')).map(([rank, size]) => ({
  LWS_WORKER_INDEX: rank,
  LWS_GROUP_SIZE: size,
  LWS_LEADER_ADDRESS: 'a-0.svc',
}));

const keys = pick(
  'nvidia.com/vllm-distributed-executor-backend',
  'nvidia.com/dynamo-operator-origin-version',
  'nvidia.com/dynamo-operator-version',
  'nvidia.com/dynamo-graph-deployment-name',
  'constructor',
);
const map = fc.dictionary(keys, fc.oneof(pick('mp', 'ray', 'MP', '1.0.0', '0.9.0', 'latest'), odd)).map(mapText);
const file = (text: fc.Arbitrary<string>, path: string): fc.Arbitrary<TextFile> =>
  fc.oneof(
    text.map((held) => ({ path, text: held })),
    pick('not there', 'permission denied').map((missing) => ({ path, missing })),
  );
const podinfo = fc.record({
  directory: fc.constant('/etc/podinfo'),
  annotations: file(fc.oneof(map, odd), '/etc/podinfo/annotations'),
  labels: file(fc.oneof(map, odd), '/etc/podinfo/labels'),
});

const version = fc.option(
  fc.record({
    version: fc.oneof(pick('0.31.0', '0.12.0', '0.11.0', '0.33.1', '0.18.0rc1', '0.31.0+cpu', 'dev'), odd),
    source: odd,
  }),
);
const gpus = fc.option(
  fc.record({
    count: pick(8, 1, 2, 0, 4),
    source: odd,
    devices: fc.boolean(),
    model: fc.option(odd),
    driver: fc.option(odd),
  }),
);

const facts = fc
  .record({
    env: fc.oneof(
      env,
      fc.tuple(env, lws).map(([loose, told]) => ({ ...loose, ...told })),
    ),
    hostname: fc.oneof(host, odd),
    podinfo: fc.option(podinfo),
    hostfile: fc.option(file(odd, 'hosts')),
    engineConfig: fc.option(file(odd, 'c.yaml')),
    gpus,
    executable: fc.option(
      fc.oneof(
        pick('not-found', 'not-executable', 'directory').map((why) => ({ found: false as const, word: 'vllm', why })),
        odd.map((path) => ({ found: true as const, word: 'vllm', path })),
      ),
    ),
    vllm: version,
    dynamo: version,
    ray: version,
    model: fc.option(fc.record({ path: odd, present: fc.boolean() })),
    route: fc.option(fc.record({ leader: host, address: host, interface: fc.option(odd) })),
    inPod: fc.boolean(),
    rehearsalProgram: fc.array(odd, { maxLength: 2 }),
  })
  .map((known) => bareFacts(known as Partial<Facts>));

/** Any value that the parser of options lets through. */
function valueOf({ kind, choices = [] }: { readonly kind: string; readonly choices?: readonly string[] }) {
  switch (kind) {
    case 'flag':
      return fc.boolean();
    case 'whole':
      return pick(0, 1, 2, 3, 4, 9441, 65_535);
    case 'duration':
      return pick(0, 1, 999, 5_000, 600_000, 999_999_999 * 3_600_000);
    case 'choice':
      return pick(...choices);
    case 'list':
      return fc.array(fc.oneof(host, odd, pick('KEY=VAR', '0:die', 'n1')), { maxLength: 3 });
    default:
      return fc.oneof(host, odd, pick('env:X', 'label:x', '1.0.0'));
  }
}

const options = fc
  .array(
    fc
      .constantFrom(...Object.entries(optionTable))
      .chain(([name, spec]) => valueOf(spec).map((value) => [name, value] as const)),
    { maxLength: 4 },
  )
  .map((given) => withOptions(Object.fromEntries(given) as Partial<Options>));

const beginning = pick<readonly string[]>(
  ['vllm', 'serve', 'm'],
  ['vllm', 'serve', 'm', '-tp', '16'],
  ['vllm', 'serve', 'm', '-tp', '8', '-pp', '4'],
  ['python3', '-m', 'dynamo.vllm', '--model', 'm', '-tp', '16'],
  ['--model', 'm', '-tp', '16'],
  ['python3', '-m', 'vllm.entrypoints.openai.api_server', '--model', 'm', '-tp', '16'],
  ['numactl', 'vllm', 'serve', 'm', '-tp', '16'],
  ['sh', '-c', 'vllm serve m'],
  ['ray', 'start'],
  [],
);
const flags = pick(
  ...[
    '-tp',
    '-pp',
    '-dp',
    '-dpb',
    '-n',
    '-r',
    '--nnodes',
    '--node-rank',
    '--master-addr',
    '--master-port',
    '--headless',
  ],
  ...['--no-headless', '--distributed-executor-backend', '--shutdown-timeout', '--enable-elastic-ep', '--config', '--'],
  ...['--api-server-count', '--data-parallel-hybrid-lb', '--data-parallel-size-local', '--data-parallel-start-rank'],
  ...['--help', '--api-key', '--host', '--port', '--disaggregation-mode', '-0.5', '--a.b'],
);
const values = pick('1', '2', '4', '16', '0', 'mp', 'ray', 'uni', 'None', 'a-0.svc', '29500', 'c.yaml', 'prefill');
const words = fc
  .tuple(beginning, fc.array(fc.oneof(flags, values, flags, values, odd), { maxLength: 8 }))
  .map(([first, rest]) => [...first, ...rest]);

const config: fc.Arbitrary<YamlReading | null> = fc.option(
  fc.oneof(
    fc
      .oneof(fc.jsonValue(), fc.dictionary(pick('nnodes', 'tensor-parallel-size', 'headless'), fc.jsonValue()))
      .map((value) => ({ ok: true as const, value: value as unknown })),
    odd.map((message) => ({ ok: false as const, line: 1, column: 1, message })),
  ),
);

/** A launch on any machine. */
export const launches: fc.Arbitrary<ArbitraryLaunch> = fc.record({ facts, options, words, config });

const ours = fc.oneof(
  pick<readonly string[]>(
    ...[
      ['--nnodes', '2'],
      ['-n=2'],
      ['--nnodes', '4'],
      ['--node-rank', '1'],
      ['-r', '0'],
      ['--headless'],
      ['--no-headless'],
    ],
    ...[['--master-addr', 'A-0.svc'], ['--master_port', '29500'], ['--distributed-executor-backend=mp'], ['--headl']],
    ...[['--shutdown-timeout', '7'], ['--api-server-count', '2'], ['--api-server-count', '1'], ['-dp', '2'], ['--']],
    ...[['--data-parallel-size-local', '1'], ['--data-parallel-start-rank', '1'], ['--data-parallel-hybrid-lb']],
    ...[['--config', 'c.yaml'], ['-dpb', 'mp'], ['--nonsense'], ['--a.b', '1'], ['-0.5'], ['--seed', '1'], ['--help']],
  ),
  flags.map((flag) => [flag]),
);

/** A launch on a node of a group whose engine spans it, more often right than wrong. */
export const spanningLaunches: fc.Arbitrary<ArbitraryLaunch> = fc.record({
  facts: fc
    .tuple(lws, pick({}, {}, { DYN_VLLM_HEADLESS: '1' }, { DYN_VLLM_HEADLESS: 'no' }), version, fc.boolean())
    .map(([place, loose, vllm, inPod]) =>
      bareFacts({
        env: { ...place, ...loose },
        gpus: { count: 8, source: 'x', devices: true, model: null, driver: null },
        vllm,
        inPod,
        rehearsalProgram: ['node', 'rehearsal.js'],
        engineConfig: { path: 'c.yaml', text: '' },
      }),
    ),
  options: fc
    .record({
      'master-port': pick(29_500, 29_501),
      'no-group': fc.boolean(),
      rehearse: fc.boolean(),
      engine: pick(null, 'vllm'),
    })
    .map((given) => withOptions(given as Partial<Options>)),
  words: fc.tuple(beginning, fc.array(ours, { maxLength: 3 })).map(([first, rest]) => [...first, ...rest.flat()]),
  config: pick<YamlReading>(
    { ok: true, value: {} },
    { ok: true, value: { nnodes: 2 } },
    { ok: true, value: { headless: true } },
  ),
});
