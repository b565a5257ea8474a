// The stories a person should have read before changing the machine. Each is a transcript in test/cases/transcripts.
import type { Setup, World } from './world.ts';

export type Story = {
  readonly name: string;
  readonly title: string;
  readonly setup: Setup;
  readonly play: (world: World, note: (text: string) => void) => void;
  /** Where the telling begins; before it the group starts, as in start-and-stop. */
  readonly fromMs?: number;
};

const two: Setup = { size: 2, delayMs: 5 };
export const etcd = { name: 'etcd', from: 'ETCD_ENDPOINTS', places: [{ host: 'etcd', port: 2_379 }] } as const;
const fast = { habits: () => ({ coreMs: 50, workerMs: 100, readyMs: 50, termMs: 200 }) };

const launchAll = (world: World) => {
  for (const rank of world.nodes.keys()) world.launch(rank);
};

/** Launches all, and lets one thing happen once they are ready. */
const thenAt =
  (atMs: number, what: string, happen: (world: World) => void): Story['play'] =>
  (world, note) => {
    launchAll(world);
    world.queue.at(atMs, () => {
      note(what);
      happen(world);
    });
  };

export const stories: readonly Story[] = [
  {
    name: 'start-and-stop',
    title: 'Two nodes start together; the leader is asked to stop, drains first, and the worker follows.',
    setup: { ...two, ...fast },
    play: thenAt(1_500, 'SIGTERM comes to rank 0', (world) => world.signal(0, 'SIGTERM')),
  },
  {
    name: 'worker-process-dies',
    fromMs: 1_500,
    title: 'The worker process of rank 1 dies: both engines are stopped at once, for one cause.',
    setup: { ...two, ...fast },
    play: thenAt(1_500, 'VLLM::Worker_TP1 is killed', (world) => world.end(1, 'worker', null, 'SIGKILL')),
  },
  {
    name: 'launcher-killed',
    fromMs: 1_500,
    title: 'The container of rank 1 is killed: its link is closed without a word, and that is enough.',
    setup: { ...two, ...fast },
    play: thenAt(1_500, 'the container of rank 1 is killed', (world) => world.killLauncher(1, 'die')),
  },
  {
    name: 'link-cut',
    fromMs: 1_500,
    title: 'The link is cut: silence, then evidence, then each names the other.',
    setup: { ...two, ...fast },
    play: thenAt(1_500, 'the cable is pulled', ({ network }) => {
      network.cut(0, 1);
      network.cut(1, 0);
    }),
  },
  {
    name: 'one-way-loss',
    fromMs: 1_500,
    title: 'Nothing from rank 0 reaches rank 1, though rank 0 hears it for a while.',
    setup: { ...two, ...fast },
    play: thenAt(1_500, 'nothing from 0 reaches 1 any more', ({ network }) => network.cut(0, 1)),
  },
  {
    name: 'worker-asked-leader-drains',
    fromMs: 1_500,
    title: 'Rank 1 is asked to stop: the leader waits for its endpoints to go, drains, and only then rank 1 stops.',
    setup: { ...two, ...fast, plan: () => ({ drainDelayMs: 1_000 }) },
    play: thenAt(1_500, 'SIGTERM comes to rank 1', (world) => world.signal(1, 'SIGTERM')),
  },
  {
    name: 'second-signal',
    fromMs: 1_500,
    title: 'A second SIGTERM cuts the draining short: what does not end is killed, and that is said.',
    setup: { ...two, habits: () => ({ coreMs: 50, workerMs: 100, readyMs: 50, deafToTerm: true }) },
    play: (world, note) => {
      thenAt(1_500, 'SIGTERM comes to rank 0', (one) => one.signal(0, 'SIGTERM'))(world, note);
      world.queue.at(2_000, () => {
        note('SIGTERM comes to rank 0 again');
        world.signal(0, 'SIGTERM');
      });
    },
  },
  {
    name: 'grace-elapsed',
    fromMs: 1_500,
    title: 'An engine that is deaf to SIGTERM is killed with its tree when the grace time is over.',
    setup: {
      size: 1,
      delayMs: 0,
      habits: () => ({ coreMs: 50, workerMs: 100, readyMs: 50, deafToTerm: true }),
      plan: () => ({ deadlines: { grace: 2_000, drain: 1_000 } }),
    },
    play: thenAt(1_500, 'SIGTERM comes', (world) => world.signal(0, 'SIGTERM')),
  },
  {
    name: 'hello-refused-mismatch',
    title: 'Rank 1 was given another command: it is refused with both values, and the leader goes on waiting.',
    setup: {
      ...two,
      plan: (rank) => ({
        deadlines: { group: 3_000 },
        fingerprint: [{ field: 'engine command', value: rank === 0 ? 'vllm serve a' : 'vllm serve b', shown: true }],
      }),
    },
    play: launchAll,
  },
  {
    name: 'wrong-group',
    title: 'A launcher of another group comes to our leader: refused, and no harm is done.',
    setup: { ...two, ...fast, plan: (rank) => ({ group: rank === 0 ? 'blue' : 'green', deadlines: { group: 3_000 } }) },
    play: launchAll,
  },
  {
    name: 'restarted-launcher-waits',
    fromMs: 1_500,
    title:
      'Rank 1 comes back while the group stops without it: it waits at the gate, refused by no one and believed by no one.',
    setup: { ...two, ...fast, plan: () => ({ deadlines: { group: 4_000 } }) },
    play: (world, note) => {
      thenAt(1_500, 'the container of rank 1 is killed, and started again', (one) => one.killLauncher(1, 'die'))(
        world,
        note,
      );
      world.queue.at(1_540, () => world.launch(1));
      world.queue.at(3_500, () => {
        note('the container of rank 0 is started again');
        world.launch(0);
      });
      world.queue.at(6_000, () => {
        note('SIGTERM comes to rank 0');
        world.signal(0, 'SIGTERM');
      });
    },
  },
  {
    name: 'collateral-told-apart',
    fromMs: 1_535,
    title: 'The worker of rank 1 is killed; that of rank 0 crashes of it and is seen first. Its last lines tell.',
    setup: {
      ...two,
      ...fast,
      echo: { afterMs: 10, line: 'RuntimeError: [gloo/transport/tcp/pair.cc:534] Connection closed by peer' },
    },
    play: thenAt(1_535, 'VLLM::Worker_TP1 is killed', (world) => world.end(1, 'worker', null, 'SIGKILL')),
  },
  {
    name: 'asked-and-dead-at-once',
    fromMs: 2_500,
    title: 'SIGTERM comes to the leader while the news of a death is on its way: it is what the leader heard of first.',
    setup: { ...two, ...fast, delayMs: 100 },
    play: (world, note) => {
      thenAt(2_500, 'VLLM::Worker_TP1 is killed', (one) => one.end(1, 'worker', null, 'SIGKILL'))(world, note);
      world.queue.at(2_620, () => {
        note('SIGTERM comes to rank 0');
        world.signal(0, 'SIGTERM');
      });
    },
  },
  {
    name: 'startup-timeout',
    title: 'The engine does not get ready by its deadline.',
    setup: { ...two, habits: () => ({ readyMs: Infinity }), plan: () => ({ deadlines: { startup: 2_000 } }) },
    play: launchAll,
  },
  {
    name: 'name-never-resolves',
    title: "The leader's name does not resolve by its deadline: nothing is started.",
    setup: { ...two, nameAtMs: Infinity, plan: () => ({ deadlines: { dns: 2_500 } }) },
    play: (world) => world.launch(1),
  },
  {
    name: 'service-comes-late',
    title:
      'The engine of the leader needs etcd, which is reachable after two seconds: the worker waits at the group gate.',
    setup: { ...two, ...fast, servicesAtMs: 2_000, plan: (rank) => (rank === 0 ? { services: [etcd] } : {}) },
    play: thenAt(3_500, 'SIGTERM comes to rank 0', (world) => world.signal(0, 'SIGTERM')),
  },
  {
    name: 'service-never-reachable',
    title: 'etcd is not reachable by the deadline: nothing is started.',
    setup: {
      ...{ size: 1, delayMs: 5, servicesAtMs: Infinity },
      plan: () => ({ services: [etcd], deadlines: { dns: 2_500 } }),
    },
    play: (world) => world.launch(0),
  },
  {
    name: 'ray-start-and-stop',
    title:
      'Under Ray: the head once its port is free, the agent once its leader names the cluster, the engine once all nodes are in; asked, the engine goes first, then the agent, then the head.',
    setup: { ...two, ...fast, plan: () => ({ outcome: 'ray' }) },
    play: thenAt(2_500, 'SIGTERM comes to rank 0', (world) => world.signal(0, 'SIGTERM')),
  },
  {
    name: 'ray-asked-while-assembling',
    fromMs: 700,
    title: 'Under Ray: rank 1 is asked to stop while nodes are waited for; its agent goes first, then the head.',
    setup: { ...two, ...fast, plan: () => ({ outcome: 'ray' }) },
    play: thenAt(700, 'SIGTERM comes to rank 1', (world) => world.signal(1, 'SIGTERM')),
  },
  {
    name: 'elastic-agent-dies',
    title:
      'Elastic expert parallelism: the agent joins once the engine of its leader is ready; its raylet dies, and all end for it.',
    setup: { ...two, ...fast, plan: () => ({ outcome: 'elastic-ep' }) },
    play: thenAt(3_500, 'the raylet of rank 1 is killed', (world) => world.end(1, 'raylet', null, 'SIGKILL')),
  },
];
