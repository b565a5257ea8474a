import { describe, expect, test } from 'vitest';

import { rayPorts, workerPorts } from '#upstream/ray/ports.ts';

test('the ports of a node are counted from the GCS port on', () => {
  expect(rayPorts(6379)).toEqual({
    gcs: 6379,
    nodeManager: 6380,
    objectManager: 6381,
    runtimeEnvAgent: 6382,
    dashboardAgentGrpc: 6383,
    dashboardAgentListen: 6384,
    metricsExport: 6385,
    clientServer: 6386,
    autoscalerMetrics: 6387,
    dashboardMetrics: 6388,
  });
});

describe('the ports of workers', () => {
  test.each([
    ['all where nothing is taken', [], 10_002, 19_999],
    ['all where what is taken lies outside', [10_001, 20_000, 6379], 10_002, 19_999],
    ['all where what is taken lies below', [6379], 10_002, 19_999],
    ['all where what is taken lies above', [30_000], 10_002, 19_999],
    ['above a port', [10_100], 10_101, 19_999],
    ['below a port', [18_000], 10_002, 17_999],
    ['between two', [10_100, 18_000], 10_101, 17_999],
    ['between two, whatever their order', [18_000, 10_100], 10_101, 17_999],
    ['without the first', [10_002], 10_003, 19_999],
    ['without the last', [19_999], 10_002, 19_998],
    ['the lower of two equal parts', [15_000, 15_001], 10_002, 14_999],
    ['beside a port that is taken twice', [18_000, 18_000], 10_002, 17_999],
  ])('are %s', (_, taken, least, greatest) =>
    expect(workerPorts(taken.map((port) => ({ least: port, greatest: port })))).toEqual({ least, greatest }),
  );

  test.each([
    [[{ least: 10_000, greatest: 10_099 }], 10_100, 19_999],
    [[{ least: 12_001, greatest: 18_000 }], 10_002, 12_000],
    [
      [
        { least: 10_002, greatest: 18_000 },
        { least: 11_000, greatest: 11_001 },
      ],
      18_001,
      19_999,
    ],
    [[{ least: 19_000, greatest: 30_000 }], 10_002, 18_999],
    [
      [
        { least: 1, greatest: 10_001 },
        { least: 20_000, greatest: 20_007 },
      ],
      10_002,
      19_999,
    ],
  ])('beside the rows %j are %d to %d', (taken, least, greatest) =>
    expect(workerPorts(taken)).toEqual({ least, greatest }),
  );
});
