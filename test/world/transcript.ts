// A run as a person reads it: time, rank, what happened, what was done. Heartbeats, looks and probes that change nothing
// are counted, not shown.
import type { Body } from '#core/group/message.ts';
import type { ProcessName } from '#core/plan/plan.ts';
import type { Effect } from '#core/supervision/effect.ts';
import type { Event, EventOf } from '#core/supervision/event.ts';
import type { State } from '#core/supervision/state.ts';

import type { Launcher, Watch } from './launcher.ts';
import type { World } from './world.ts';

export type Transcript = {
  readonly watch: Watch;
  /** A line for what the world did. */
  readonly note: (text: string) => void;
  readonly text: () => string;
};

const hidden: ReadonlySet<Effect['kind']> = new Set(['scanProcesses', 'probeEngine', 'askRay', 'writeTermination']);

const nothingQuiet = { heartbeats: 0, looks: 0, probes: 0, questions: 0 };

export function openTranscript(world: () => World, fromMs: number): Transcript {
  const lines: string[] = [];
  const quiet = { ...nothingQuiet };
  const time = () => (world().queue.nowMs() / 1_000).toFixed(3).padStart(8);
  const flush = () => {
    const counts = Object.entries(quiet).filter(([, count]) => count > 0);
    if (counts.length > 0) lines.push(`          ... ${counts.map(([what, count]) => `${count} ${what}`).join(', ')}`);
    Object.assign(quiet, nothingQuiet);
  };
  const watch: Watch = (launcher, before, event, { state, effects }) => {
    if (world().queue.nowMs() < fromMs) return;
    if (event.kind === 'frameReceived' && event.frame.body.kind === 'heartbeat') quiet.heartbeats += 1;
    if (event.kind === 'processesSeen') quiet.looks += 1;
    if (event.kind === 'engineProbed') quiet.probes += 1;
    if (event.kind === 'rayAnswered') quiet.questions += 1;
    const done = effects.flatMap((effect) => doneText(launcher, before, effect));
    const moved = state.phase === before.phase ? [] : [`is ${state.phase}`];
    const happened = eventText(launcher, before, event);
    if (done.length === 0 && moved.length === 0 && (happened === null || isRoutine(event))) return;
    flush();
    lines.push(`${time()}  ${launcher.rank}  ${happened ?? 'its time has come'}`);
    for (const text of [...done, ...moved]) lines.push(`             ${text}`);
  };
  const note = (text: string) => {
    flush();
    lines.push(`${time()}  *  ${text}`);
  };
  return { watch, note, text: () => (flush(), `${lines.join('\n')}\n`) };
}

const isRoutine = (event: Event): boolean =>
  event.kind === 'timePassed' ||
  event.kind === 'processesSeen' ||
  event.kind === 'engineProbed' ||
  event.kind === 'rayAnswered' ||
  event.kind === 'treeSwept' ||
  (event.kind === 'frameReceived' && event.frame.body.kind === 'heartbeat');

function eventText(launcher: Launcher, { base }: State, event: Event): string | null {
  const by = (link: number) => whoIs(launcher, base.group.peers, link);
  switch (event.kind) {
    case 'launchRequested':
      return `is launched as ${launcher.incarnation}`;
    case 'signalReceived':
      return `gets ${event.signal}`;
    case 'nameResolved':
      return 'the name of the leader resolves';
    case 'nameUnresolved':
      return `the name of the leader does not resolve: ${event.reason}`;
    case 'servicesTried':
      return `services: ${event.reasons.map((reason) => reason ?? 'reachable').join(', ')}`;
    case 'listenerOpened':
      return 'listens';
    case 'listenerFailed':
      return `cannot listen: ${event.reason}`;
    case 'linkOpened':
      return event.by === 'us' ? `is connected to ${event.address}` : `${event.address} connects`;
    case 'linkFailed':
      return `cannot connect: ${event.reason}`;
    case 'linkClosed':
      return `the link to ${by(event.link)} is closed by the other side`;
    case 'frameReceived':
      return `hears from ${by(event.link)}: ${bodyText(event.frame.body)}`;
    case 'peerProbed':
      return `a fresh connection finds rank ${event.rank} ${event.answer}`;
    case 'childSpawned':
      return `${processText(event.name)} runs (pid ${event.pid})`;
    case 'rayAnswered':
      return `is answered by Ray (${event.question}): ${rayText(event.judgement)}`;
    case 'launcherBroke':
      return `breaks: ${event.reason}`;
    case 'spawnFailed':
      return `${processText(event.name)} cannot be started: ${event.reason}`;
    case 'childExited':
      return `${processText(event.name)} ${event.signal === null ? `ended with ${event.code}` : `died by ${event.signal}`}`;
    case 'processesSeen':
      return 'looks at its processes';
    case 'engineProbed':
      return `the engine answers ${event.answers.map(({ status, reason }) => status ?? reason).join(', ')}`;
    case 'treeSwept':
      return event.survivors.length === 0 ? 'finds nothing left' : `finds ${event.survivors.map(nameOf).join(', ')}`;
    case 'tailRead':
      return event.lines.length === 0
        ? 'reads the last lines: none'
        : `reads the last lines: ${event.lines.join(' | ')}`;
    case 'frameRejected':
    case 'statusPortTaken':
    case 'effectFailed':
      return `${event.kind}: ${event.reason}`;
    case 'timePassed':
      return null;
  }
}

function doneText(launcher: Launcher, { base }: State, effect: Effect): string[] {
  if (hidden.has(effect.kind)) return [];
  const peers = [...base.group.peers, ...launcher.state.base.group.peers];
  switch (effect.kind) {
    case 'say':
      return effect.message.startsWith('phase ') ? [] : [`says: ${effect.message}`];
    case 'sendFrame':
      if (effect.body.kind === 'heartbeat') return [];
      return [`tells ${whoIs(launcher, peers, effect.link)}: ${bodyText(effect.body)}`];
    case 'tryServices':
      return [`tries ${effect.services.map(({ name }) => name).join(' and ')}`];
    case 'sendHello':
      return ['says hello'];
    case 'signalProcess':
      return [`sends ${effect.signal} to pid ${effect.process.pid}`];
    case 'sweepTree':
      return effect.signal === null ? [] : [`sends ${effect.signal} to the whole tree`];
    case 'probePeer':
      return [`asks for evidence of rank ${effect.rank}`];
    case 'openLink':
      return [`dials ${effect.host}`];
    case 'closeLink':
      return [`closes the link to ${whoIs(launcher, peers, effect.link)}`];
    case 'finish':
      return [`LEAVES WITH ${effect.code}`];
    case 'resolveName':
      return [`looks up ${effect.host}`];
    case 'openListener':
      return ['opens its port'];
    case 'closeListener':
      return ['closes its port'];
    case 'spawnChild':
      return [`starts: ${effect.spec.argv.join(' ')}`];
    case 'readTail':
      return ['asks for the last lines'];
    case 'askRay':
      return [`asks Ray for ${effect.question}`];
    case 'removeRayFolder':
      return [`removes ${effect.path}`];
    case 'scanProcesses':
    case 'probeEngine':
    case 'writeTermination':
      return [];
  }
}

function bodyText(body: Body): string {
  switch (body.kind) {
    case 'hello':
      return `hello of rank ${body.hello.rank} of ${body.hello.size}`;
    case 'refused':
      return `refused (${body.name}): ${body.reason}`;
    case 'wait':
      return `wait: ${body.reason}`;
    case 'start':
      return `start ${body.epoch.leader}/${body.epoch.counter}`;
    case 'stop':
      return body.mode === 'fault'
        ? `stop, ${Math.round(body.ageMs)} ms ago ${causeText(body)}`
        : `stop (${body.mode})`;
    case 'report':
      return `report, ${Math.round(body.ageMs)} ms ago ${causeText(body)}`;
    case 'verdict':
      return `verdict: ${causeText(body)}`;
    case 'stop-asked':
      return `asked to stop: ${body.by}`;
    case 'leaving':
      return `leaving with ${body.code}`;
    case 'challenge':
    case 'welcome':
    case 'heartbeat':
    case 'drained':
      return body.kind;
  }
}

const causeText = ({ cause }: Extract<Body, { kind: 'stop' | 'report' | 'verdict' }>): string =>
  `[${cause.kind}, ${cause.code}] ${cause.message}`;

const processText = (name: ProcessName): string =>
  ({ engine: 'the engine', 'ray-head': "Ray's head", 'ray-agent': "Ray's agent" })[name];

function rayText(judgement: EventOf<'rayAnswered'>['judgement']): string {
  if (judgement.kind !== 'answered') return judgement.kind;
  const { answer } = judgement;
  if (typeof answer === 'object' && 'gpus' in answer) return `${answer.nodes} nodes, ${answer.gpus} GPUs`;
  return typeof answer === 'string' ? answer.slice(-4) : answer.map(({ ip, state }) => `${ip} ${state}`).join(', ');
}

const nameOf = ({ title, pid }: { readonly title: string; readonly pid: number }): string => `${title} (pid ${pid})`;

function whoIs(
  launcher: Launcher,
  peers: readonly { readonly rank: number; readonly link: number }[],
  link: number,
): string {
  const peer = peers.find((entry) => entry.link === link);
  if (peer !== undefined) return `rank ${peer.rank}`;
  return launcher.rank === 0 ? 'a newcomer' : 'the leader';
}
