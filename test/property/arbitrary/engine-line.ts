import fc from 'fast-check';

import type { ConfigValue } from '#upstream/vllm/config-words.ts';
import { fields } from '#upstream/vllm/fields.ts';
import { serveTable } from '#upstream/vllm/option-table.ts';
import type { EngineProgram } from '#upstream/vllm/read-words.ts';

// Command lines of engines: the options that we read in all their spellings, good and bad values, among neighbours that
// try to look like them.

export type EngineLine = {
  readonly program: EngineProgram;
  readonly words: readonly string[];
  /** What c.yaml holds. */
  readonly config?: { readonly [key: string]: ConfigValue };
};

const flags = Object.values(fields).map(([flag, kind]) => ({ flag, kind }));
const names = [...serveTable().names];
const pick = <T>(...values: readonly T[]): fc.Arbitrary<T> => fc.constantFrom(...values);

const sizes = pick('1', '2', '4', '8', '1', '2', '4');
const oddNumbers = pick(
  ...[
    '0',
    '-1',
    '3',
    '+4',
    ' 4 ',
    '1_000',
    '04',
    '0x4',
    '4.0',
    '',
    'abc',
    '４',
    '٤',
    '1k',
    '--x',
    '-0.5',
    '1__0',
    '-x',
    '1 2',
    '\t2',
  ],
);
const backends = pick('mp', 'ray', 'mp', 'ray', 'uni', 'external_launcher', 'None', '', 'MP', 'my.Executor');
const addresses = pick('10.0.0.1', 'leader', 'a.b.c', '', '-1', 'node-0.svc', '::1');

function valueOf(flag: string): fc.Arbitrary<string> {
  if (flag === '--disaggregation-mode') return pick('agg', 'prefill', 'decode', 'encode', 'pd', 'both');
  if (flag.endsWith('-backend')) return backends;
  if (flag.endsWith('-config')) return pick('{"kv_connector":"NixlConnector","kv_role":"kv_both"}', 'None', '');
  if (flag.endsWith('-port')) return pick('29500', '8000', '9256', '1', '65536', '0', '-5', '08', 'x');
  if (flag === '--node-rank' || flag.endsWith('-rank'))
    return fc.oneof({ weight: 9, arbitrary: pick('0', '1', '2', '3') }, oddNumbers);
  const kind = flags.find((one) => one.flag === flag)?.kind;
  if (kind !== 'number') return addresses;
  return fc.oneof({ weight: 9, arbitrary: sizes }, { weight: 1, arbitrary: oddNumbers });
}

const underscored = (name: string) =>
  fc
    .infiniteStream(fc.boolean())
    .map((coins) => name.slice(0, 2) + name.slice(2).replaceAll('-', () => (coins.next().value ? '_' : '-')));

function spelled(flag: string): fc.Arbitrary<string> {
  const own = names.filter(([, { option }]) => option === flag).map(([name]) => name);
  const whole = pick(flag, ...own);
  const beginning = fc.integer({ min: 4, max: flag.length }).map((length) => flag.slice(0, length));
  const short = pick(...own.filter((name) => !name.startsWith('--')), flag).chain((alias) =>
    fc.integer({ min: 2, max: alias.length }).map((length) => alias.slice(0, length)),
  );
  return fc.oneof(
    { weight: 12, arbitrary: whole },
    { weight: 3, arbitrary: whole.chain(underscored) },
    { weight: 3, arbitrary: beginning.chain(underscored) },
    { weight: 1, arbitrary: short },
  );
}

const eatsNothing = (name: string): boolean =>
  serveTable().names.get(name)?.eats === 'flag' || serveTable().names.get(name)?.eats === 'toggle';

const given: fc.Arbitrary<readonly string[]> = fc.constantFrom(...flags).chain(({ flag }) => {
  const name = spelled(flag);
  if (eatsNothing(flag))
    return fc.oneof(
      { weight: 15, arbitrary: name.map((one) => [one]) },
      { weight: 1, arbitrary: fc.tuple(name, pick('', 'true', 'n2', 'false')).map((two) => [two.join('=')]) },
    );
  const pair = fc.tuple(name, valueOf(flag));
  return fc.oneof(
    { weight: 12, arbitrary: pair },
    { weight: 8, arbitrary: pair.map((two) => [two.join('=')]) },
    { weight: 1, arbitrary: pair.map((two) => [two.join('')]) },
    { weight: 1, arbitrary: name.map((one) => [one]) },
  );
});

const neighbours: readonly (readonly string[])[] = [
  ...[
    '--enforce-eager',
    '--no-enforce-eager',
    '--enforce-eager=1',
    '-O3',
    '-O',
    '-O=2',
    '--',
    'x',
    '-',
    '-1',
    'a b',
    '-x y',
    '--=x',
  ].map((one) => [one]),
  ...[
    '--no-headless',
    '--grpc=',
    '--model=m2',
    '--config=c.yaml',
    '--max-num',
    '--dp',
    '-dpx',
    '-d',
    '-t',
    '-n2',
    '-r=1',
    '-tp4',
  ].map((one) => [one]),
  ...[
    '--compilation-config.level=0',
    '--tensor-parallel-size.x=4',
    '--mm',
    '--e',
    '--enable-s',
    '--kv-events',
    '--n',
    '-ep=',
    '-ep=n2',
    '-t=4',
  ].map((one) => [one]),
  ['--served-model-name', 'a', 'b'],
  ['--served-model-name', '--tensor-parallel-size'],
  ['--served-model-name=--enable-elastic-ep'],
  ['--seed', '-1'],
  ['--seed'],
  ['--watermark', '-0.5'],
  ['--watermark', '.5'],
  ['-0.5', '4'],
  ['--compilation-config.level', '3'],
  ['--additional-config.a.b', '{"c": 1}'],
  ['--additional-config.a+', 'x,y'],
  ['--hf-token'],
  ['--hf-token', 'x'],
  ['--max-model-len', '1k'],
  ['--api-key', 'a', 'b'],
  ['--model', 'm4'],
  ['--unknown', '3'],
  ['--dp_sync_interval', '2'],
  ['-q', 'None'],
  ['--worker-cls', 'auto'],
  ['--namespace', 'n', 'y'],
  ['--router-mode', 'kv'],
  ['--router-mode=kv'],
  ['--output-modalities', 'text', 'image'],
  ['--dyn-tool-call-parser', 'x'],
  ['--dyn-structural-tag'],
  ['--disaggregation_mode', 'decode'],
  ['--device-ids', '0'],
];

const segment = fc.oneof(
  { weight: 3, arbitrary: given },
  {
    weight: 1,
    arbitrary: fc.oneof(
      fc.constantFrom(...neighbours),
      fc.constantFrom(...names).map(([name]) => [name]),
    ),
  },
);

const configValue: fc.Arbitrary<ConfigValue> = fc.oneof(
  { weight: 6, arbitrary: pick<ConfigValue>(1, 2, 4, '2') },
  pick<ConfigValue>(0, -1, true, false, null, 'ray', 'mp', 0.5, [2], [], [1, 'x'], { a: 1 }, ''),
);
const configKey = fc
  .constantFrom(...flags)
  .chain(({ flag }) => underscored(flag))
  .map((name) => name.slice(2));
const config = fc.dictionary(
  fc.oneof(configKey, pick('model', 'enforce_eager', 'seed', 'unknown-key', 'tp')),
  configValue,
  { maxKeys: 3 },
);

const withModel = (program: EngineProgram, words: readonly string[], first: boolean): readonly string[] => {
  if (!first) return words;
  return program === 'vllm-serve' ? ['m', ...words] : ['--model', 'm', ...words];
};

const plain: fc.Arbitrary<EngineLine> = fc
  .tuple(
    pick<EngineProgram>('vllm-serve', 'vllm-serve', 'dynamo-vllm', 'openai-api-server'),
    fc.array(segment, { maxLength: 7 }).map((segments) => segments.flat()),
    fc.integer({ min: 0, max: 9 }).map((die) => die > 0),
  )
  .map(([program, words, first]) => ({ program, words: withModel(program, words, first) }));

const configured = fc
  .tuple(plain, config, fc.nat(30), pick('c.yaml', 'c.yaml', 'c.yaml', 'c.yaml', 'c.json'))
  .map(([line, document, at, file]): EngineLine => ({
    ...line,
    words: [...line.words.slice(0, at), '--config', file, ...line.words.slice(at)],
    config: document,
  }));

/** Lines for the real parsers and ours. */
export const engineLine: fc.Arbitrary<EngineLine> = fc.oneof(
  { weight: 7, arbitrary: plain },
  { weight: 1, arbitrary: configured },
);
