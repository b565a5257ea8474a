import { isTold, report, type Setup, type ToKin } from './kin.ts';
import { joinMeeting, leadMeeting, type Meeting } from './meeting.ts';
import { finish, say } from './say.ts';
import type { WorkerShape } from './shape.ts';

// A worker: meets the others, gets its title, waits for steps for ever. Never looks at a peer between steps.

// torch's default for the meeting (TCPStore, gloo: 30 min); vLLM's front gives up after 10.
const MEETING_LIMIT_MS = 600_000;

/** Runs a worker until it is killed, told to end, or cannot meet the others (exit status 1). */
export const beWorker = (setup: Setup, onMessage: (heard: (message: ToKin) => void) => void): void => {
  const shape = setup.worker;
  if (shape === null) return finish(2);
  process.title = 'VLLM::Worker';
  const name = shape.title.replace('VLLM::', '');
  setInterval(() => undefined, 2 ** 30);
  heedSignals(setup);
  meet(shape).then(
    (meeting) => {
      process.title = shape.title;
      say(name, 'Starting to load model (rehearsal: there is none)...');
      onMessage((message) => {
        if (message.kind === 'step') void stepOnce(setup, meeting, message.id);
      });
      heedParent(setup, name);
      report({ kind: 'ready' });
    },
    (error: unknown) => {
      say(name, `WorkerProc failed to start. ${error instanceof Error ? error.message : String(error)}`, 'ERROR');
      finish(1);
    },
  );
};

const meet = async (shape: WorkerShape): Promise<Meeting | null> => {
  if (shape.meeting === null) return null;
  const { host, port } = shape.meeting;
  say(
    'Worker',
    `world_size=${shape.world} rank=${shape.rank} local_rank=0 distributed_init_method=tcp://${host}:${port} backend=rehearsal`,
  );
  if (shape.rank > 0) {
    await joinMeeting({ host, port }, shape.rank, MEETING_LIMIT_MS);
    return null;
  }
  const meeting = leadMeeting(port, shape.world - 1);
  await meeting.met;
  return meeting;
};

const stepOnce = async (setup: Setup, meeting: Meeting | null, id: number): Promise<void> => {
  report({ kind: 'stepped', id, ok: meeting === null || (await meeting.step(setup.delays.stepLimitMs)) });
};

const heedSignals = (setup: Setup): void => {
  const deaf = isTold(setup, 'ignore-term');
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => deaf || finish(0));
};

// Only one that has met the others looks at its parent. An EngineCore's worker shares memory with it and ends with it; a headless node's
// waits on the network for the leader's next word and does not notice.
const heedParent = (setup: Setup, name: string): void => {
  if (setup.core === null) return;
  const parentGone = (): void => {
    say(name, 'Parent process exited, terminating worker queues');
    finish(0);
  };
  if (process.connected) process.on('disconnect', parentGone);
  else parentGone();
};
