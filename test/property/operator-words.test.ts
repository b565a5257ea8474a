import fc from 'fast-check';
import { expect, test } from 'vitest';

import { oldNames, oldVariables, oldWords } from '#upstream/dynamo/old-names.ts';
import { startsRay } from '#upstream/ray/script.ts';
import { cachePorts, metricPorts } from '#upstream/vllm/rank-ports.ts';

const word = fc.oneof(
  fc.constantFrom('--', '--model', 'm', '--connector=', 'nixl', '-tp', '', ...oldNames.map(({ name }) => name)),
  fc.string(),
);

test('old words are words of the line, in their order, and none stands behind --', () =>
  fc.assert(
    fc.property(fc.array(word, { maxLength: 12 }), (words) => {
      const end = words.includes('--') ? words.indexOf('--') : words.length;
      let at = 0;
      for (const { old, written } of oldWords(words)) {
        expect(written[0]?.split('=', 1)).toEqual([old.name]);
        for (const one of written) at = words.indexOf(one, at) + 1;
        expect(at).toBeGreaterThan(0);
        expect(at).toBeLessThanOrEqual(end);
      }
    }),
  ));

test('an old variable is one that is set', () =>
  fc.assert(
    fc.property(
      fc.dictionary(fc.constantFrom('__proto__', 'x', ...oldNames.map(({ name }) => name)), fc.string()),
      (env) => {
        for (const { written } of oldVariables(env)) expect(Object.hasOwn(env, written[0] ?? '')).toBe(true);
      },
    ),
  ));

const config = fc.oneof(
  fc.constant(null),
  fc.string(),
  fc.json(),
  fc
    .json()
    .map(
      (inner) =>
        `{"kv_connector":"NixlConnector","kv_connector_extra_config":${inner},"enable_kv_cache_events":true,"endpoint":"tcp://*:99","replay_endpoint":${inner}}`,
    ),
);
const env = fc.dictionary(
  fc.constantFrom('VLLM_NIXL_SIDE_CHANNEL_PORT', 'DYN_FORWARDPASS_METRIC_PORT', 'x'),
  fc.oneof(fc.string(), fc.nat({ max: 99_999 }).map(String)),
);

test('whatever the configurations and variables hold, a port is a whole number of at most five digits', () =>
  fc.assert(
    fc.property(config, config, env, (transfer, events, variables) => {
      for (const { base } of [...cachePorts({ transfer, events }, variables), ...metricPorts(variables)])
        expect(Number.isInteger(base) && base >= 0 && base <= 99_999).toBe(true);
    }),
  ));

test('a configuration nested without end is read in time', () => {
  const open = '{"kv_connector_extra_config":{"connectors":[';
  const transfer = `${open.repeat(5_000)}${']}}'.repeat(5_000)}`;
  expect(cachePorts({ transfer, events: null }, {})).toEqual([]);
});

test('a script is read in time, however long its blanks are', () => {
  fc.assert(fc.property(fc.string(), (script) => ['first', 'later', null].includes(startsRay(script))));
  expect(startsRay(`${' '.repeat(100_000)}x`)).toBeNull();
  expect(startsRay(`${'ray '.repeat(50_000)}`)).toBeNull();
  expect(startsRay(`${'/'.repeat(50_000)}ray stop`)).toBeNull();
  expect(startsRay(';/'.repeat(60_000))).toBeNull();
});
