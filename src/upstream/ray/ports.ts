// The ports of a Ray node (Ray 2.60 scripts.py, parameter.py). Ray picks some at random where they are not given, also
// inside the range of its workers, and then refuses to start (ray#46453): all are given, counted from the GCS port on.

export type RayPorts = {
  /** On the head alone. */
  readonly gcs: number;
  readonly nodeManager: number;
  readonly objectManager: number;
  readonly runtimeEnvAgent: number;
  readonly dashboardAgentGrpc: number;
  readonly dashboardAgentListen: number;
  readonly metricsExport: number;
  /** On the head alone, as the two below. A head whose client server finds its port taken ends (ray start --block). */
  readonly clientServer: number;
  readonly autoscalerMetrics: number;
  readonly dashboardMetrics: number;
};

/** Returns the ports of a node whose cluster has its GCS on this one. */
export const rayPorts = (gcs: number): RayPorts => ({
  gcs,
  nodeManager: gcs + 1,
  objectManager: gcs + 2,
  runtimeEnvAgent: gcs + 3,
  dashboardAgentGrpc: gcs + 4,
  dashboardAgentListen: gcs + 5,
  metricsExport: gcs + 6,
  clientServer: gcs + 7,
  autoscalerMetrics: gcs + 8,
  dashboardMetrics: gcs + 9,
});

/** Ray's own choices that remain: the dashboard's is reserved though it is off, the client server's may not always be named. */
export const fixedRayPorts = { dashboard: 8_265, 'client server': 10_001 } as const;

/** What Ray's workers may bind where nothing of ours stands in between. */
const workers = { least: 10_002, greatest: 19_999 } as const;

export type PortRange = { readonly least: number; readonly greatest: number };

/** Returns the longest part of Ray's own range of worker ports that has none of the taken ones in it; the first of equals. */
export function workerPorts(taken: readonly PortRange[]): PortRange {
  const inside = taken.filter(({ least, greatest }) => greatest >= workers.least && least <= workers.greatest);
  const ends: readonly PortRange[] = [
    ...inside.toSorted((a, b) => a.least - b.least),
    { least: workers.greatest + 1, greatest: workers.greatest + 1 },
  ];
  let end = workers.least - 1;
  let best: PortRange = { least: workers.least, greatest: workers.least - 1 };
  for (const { least, greatest } of ends) {
    const gap = { least: end + 1, greatest: least - 1 };
    if (lengthOf(gap) > lengthOf(best)) best = gap;
    end = Math.max(end, greatest);
  }
  return best;
}

const lengthOf = ({ least, greatest }: PortRange): number => greatest - least + 1;
