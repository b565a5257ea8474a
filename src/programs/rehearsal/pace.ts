// How long the real engine takes for what the rehearsal engine only pretends, and how much quicker the pretending is.

/** How long each step of an ending takes, in ms. */
export type Delays = {
  readonly serverStopMs: number;
  readonly coreStopMs: number;
  readonly headlessStopMs: number;
  readonly serverEndMs: number;
  readonly headlessEndMs: number;
  readonly noticeMs: number;
  readonly earlyStopMs: number;
  readonly stepLimitMs: number;
  readonly dynamoGraceMs: number;
  readonly dynamoCheckMs: number;
};

const MEASURED: Delays = {
  serverStopMs: 400,
  coreStopMs: 5_000,
  headlessStopMs: 12_500,
  serverEndMs: 3_600,
  headlessEndMs: 2_900,
  noticeMs: 200,
  earlyStopMs: 2_400,
  stepLimitMs: 300_000,
  dynamoGraceMs: 5_000,
  dynamoCheckMs: 2_000,
};

/** The share of the real engine's times that a rehearsal takes unless REHEARSAL_PACE says otherwise. */
export const DEFAULT_PACE = 0.1;

/** Returns the delays at `pace` times those of the real engine (vLLM 0.31 and Dynamo 1.6 on CPU). */
export const delaysAt = (pace: number): Delays => ({
  serverStopMs: MEASURED.serverStopMs * pace,
  coreStopMs: MEASURED.coreStopMs * pace,
  headlessStopMs: MEASURED.headlessStopMs * pace,
  serverEndMs: MEASURED.serverEndMs * pace,
  headlessEndMs: MEASURED.headlessEndMs * pace,
  noticeMs: MEASURED.noticeMs * pace,
  earlyStopMs: MEASURED.earlyStopMs * pace,
  stepLimitMs: MEASURED.stepLimitMs * pace,
  dynamoGraceMs: MEASURED.dynamoGraceMs * pace,
  dynamoCheckMs: MEASURED.dynamoCheckMs * pace,
});
