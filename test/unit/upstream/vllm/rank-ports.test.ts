import { describe, expect, test } from 'vitest';

import { cachePorts, metricPorts } from '#upstream/vllm/rank-ports.ts';

const ports = (transfer: unknown, events: unknown, env = {}) => {
  const text = (value: unknown) => (value === null || typeof value === 'string' ? value : JSON.stringify(value));
  return cachePorts({ transfer: text(transfer), events: text(events) }, env).map(({ move, base }) => [move, base]);
};
const side = 'VLLM_NIXL_SIDE_CHANNEL_PORT';
const nixl = { kv_connector: 'NixlConnector', kv_role: 'kv_both' };
const within = (inner: unknown) => ({
  kv_connector: 'MultiConnector',
  kv_connector_extra_config: { connectors: [{ kv_connector: 'OffloadingConnector' }, inner] },
});
const nested = (depth: number): unknown => (depth === 0 ? nixl : within(nested(depth - 1)));

describe('the side channel of NIXL', () => {
  test.each([
    [null, {}, []],
    [nixl, {}, [[side, 5600]]],
    [within(nixl), {}, [[side, 5600]]],
    [nested(8), {}, [[side, 5600]]],
    [nested(9), {}, []],
    [{ kv_connector: 'OffloadingConnector' }, {}, []],
    [{ kv_connector: 3, kv_connector_extra_config: { connectors: nixl } }, {}, []],
    [{ kv_connector_extra_config: [nixl] }, {}, []],
    [{ kv_connector_extra_config: null }, {}, []],
    ['{"kv_connector":', {}, []],
    ['[]', {}, []],
    [nixl, { [side]: '5700' }, [[side, 5700]]],
    [nixl, { [side]: ' 5700\n' }, [[side, 5700]]],
    [nixl, { [side]: 'x' }, []],
    [nixl, { [side]: '5700x' }, []],
  ])('of %j with %j is %j', (transfer, env, expected) => expect(ports(transfer, null, env)).toEqual(expected));
});

describe('the ports of KV events', () => {
  const on = { enable_kv_cache_events: true };
  const move = '--kv-events-config';
  test.each([
    [null, []],
    [{}, []],
    [{ enable_kv_cache_events: 'true' }, []],
    [on, [[move, 5557]]],
    [{ ...on, publisher: 'null' }, []],
    [{ ...on, publisher: 'zmq', endpoint: 'tcp://*:20080' }, [[move, 20_080]]],
    [{ ...on, endpoint: 'tcp://[::]:20080' }, [[move, 20_080]]],
    // It connects there.
    [{ ...on, endpoint: 'tcp://127.0.0.1:20080' }, []],
    [{ ...on, endpoint: 'tcp://*:0' }, []],
    [{ ...on, endpoint: 'ipc://*' }, []],
    [{ ...on, endpoint: 'ipc://*:20080' }, []],
    [{ ...on, endpoint: 5 }, []],
    [
      { ...on, replay_endpoint: 'tcp://127.0.0.1:20090' },
      [
        [move, 5557],
        [move, 20_090],
      ],
    ],
    [{ ...on, replay_endpoint: null }, [[move, 5557]]],
  ])('of %j are %j', (events, expected) => expect(ports(null, events)).toEqual(expected));
});

test.each([
  [{}, []],
  [{ DYN_FORWARDPASS_METRIC_PORT: '20380' }, [20_380]],
  [{ DYN_FORWARDPASS_METRIC_PORT: '' }, []],
])('the ports of forward-pass metrics of %j are %j', (env, expected) =>
  expect(metricPorts(env).map(({ base }) => base)).toEqual(expected),
);
