// How a launcher reaches another: a dial for a link, a probe for evidence. Each meets a listener, a refusal, or nobody.
import type { Frame } from '#core/group/message.ts';

import type { Launcher } from './launcher.ts';
import type { Network } from './network.ts';
import { hostOf } from './plan.ts';
import type { Queue } from './queue.ts';
import type { Node } from './world.ts';

type Met =
  | { readonly kind: 'listener'; readonly launcher: Launcher }
  | { readonly kind: 'refusal' }
  | { readonly kind: 'nobody' };

export type Connector = {
  readonly dial: (launcher: Launcher, to: Node | undefined) => void;
  readonly probe: (launcher: Launcher, rank: number, to: Node | undefined) => void;
};

// The patience of the edge.
const dialTimeoutMs = 3_000;
const probeTimeoutMs = 1_000;

export function openConnector(queue: Queue, network: Network, nodes: readonly Node[]): Connector {
  const port = (launcher: Launcher) => ({
    frame: (link: number, frame: Frame) => launcher.push({ kind: 'frameReceived', link, frame }),
    closed: (link: number, reason: string) => launcher.push({ kind: 'linkClosed', link, reason }),
  });
  // What a connection attempt meets over there, a round trip later or after its own patience.
  const attempt = (from: Launcher, to: Node | undefined, patienceMs: number, answer: (met: Met) => void) => {
    const rank = to === undefined ? -1 : nodes.indexOf(to);
    const oneWayMs = network.delayMs(from.rank, rank);
    if (2 * oneWayMs > patienceMs) return queue.after(patienceMs, () => answer({ kind: 'nobody' }));
    queue.after(oneWayMs, () => {
      const lost = to === undefined || network.isCut(from.rank, rank) || network.isCut(rank, from.rank);
      if (lost) return queue.after(patienceMs - oneWayMs, () => answer({ kind: 'nobody' }));
      const { launcher } = to;
      const met: Met = launcher?.listening ? { kind: 'listener', launcher } : { kind: 'refusal' };
      if (met.kind === 'refusal' || from.life !== 'running') return queue.after(oneWayMs, () => answer(met));
      answer(met);
    });
  };
  const probe = (launcher: Launcher, rank: number, to: Node | undefined) =>
    attempt(launcher, to, probeTimeoutMs, (met) => {
      const answer = ({ listener: 'reachable', refusal: 'refused', nobody: 'unreachable' } as const)[met.kind];
      const backMs = met.kind === 'listener' ? network.delayMs(rank, launcher.rank) : 0;
      queue.after(backMs, () => launcher.push({ kind: 'peerProbed', rank, answer }));
    });
  const dial = (launcher: Launcher, to: Node | undefined) =>
    attempt(launcher, to, dialTimeoutMs, (met) => {
      if (met.kind !== 'listener' || met.launcher.life !== 'running') {
        const reason = met.kind === 'refusal' ? 'connection refused' : 'timed out';
        return queue.after(met.kind === 'listener' ? dialTimeoutMs : 0, () =>
          launcher.push({ kind: 'linkFailed', reason }),
        );
      }
      const theirs = { rank: met.launcher.rank, link: network.newLink(), port: port(met.launcher) };
      const ours = { rank: launcher.rank, link: network.newLink(), port: port(launcher) };
      network.connect(ours, theirs);
      met.launcher.links.add(theirs.link);
      launcher.links.add(ours.link);
      if (launcher.life === 'dead' || launcher.life === 'left') network.close(ours.link);
      const address = hostOf(launcher.rank);
      queue.after(network.delayMs(met.launcher.rank, launcher.rank), () =>
        launcher.push({ kind: 'linkOpened', link: ours.link, address: hostOf(met.launcher.rank), by: 'us' }),
      );
      met.launcher.push({ kind: 'linkOpened', link: theirs.link, address, by: 'them' });
    });
  return { dial, probe };
}
