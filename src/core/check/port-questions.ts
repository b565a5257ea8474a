// The ports that this node binds when a plan is run: by whom, and what to give to have another one.
import type { LaunchPlan, NodePort } from '#core/plan/plan.ts';
import { rayPorts } from '#upstream/ray/ports.ts';

import type { QuestionOf } from './question.ts';

type Ports = QuestionOf<'ports'>;

/** Returns a question for each use of ports on this node; ports of the leader alone are asked for there only. */
export function portQuestions({ document, needs, ray }: LaunchPlan): Ports[] {
  const { ports, identity } = document;
  const leads = identity.rank === 0 || identity.size === 1;
  const everywhere = '--group-port on all nodes';
  const rows: readonly (readonly [string, number | null, string, Partial<Ports>?])[] = [
    ['status', ports.status, '--status-port', { needed: false }],
    ['group', ports.group, everywhere],
    ['master', leads ? ports.master : null, '--master-port on all nodes'],
    ['rpc', leads ? ports.rpc : null, '--data-parallel-rpc-port on all nodes'],
    ['engine', ports.engine, '--port', { host: needs.host }],
    ['system', ports.system, 'DYN_SYSTEM_PORT'],
  ];
  const single = rows.flatMap(([use, port, option, more]): Ports[] =>
    port === null || port === 0
      ? []
      : [{ kind: 'ports', use, ports: [port], host: null, option, needed: true, ...more }],
  );
  return [...single, ...needs.rankPorts.map(rankQuestion), ...(ray === null ? [] : [rayQuestion(ray)])];
}

// More ranks than any node has; each is asked for.
const mostRanks = 64;
const greatest = 65_535;

function rankQuestion({ name, move, first, last }: NodePort): Ports {
  const count = Math.max(0, Math.min(last, greatest, first + mostRanks - 1) - first + 1);
  const ports = Array.from({ length: count }, (_, rank) => first + rank);
  const use = name.replace(/^that of /, '').replace(/ \(.*\)$/, '');
  return { kind: 'ports', use, ports, host: null, option: move, needed: true };
}

function rayQuestion({ role, port }: NonNullable<LaunchPlan['ray']>): Ports {
  const { gcs, clientServer, autoscalerMetrics, dashboardMetrics, ...ofAll } = rayPorts(port);
  const ofHead = [clientServer, autoscalerMetrics, dashboardMetrics];
  const ports = [...(role === 'head' ? [gcs] : []), ...Object.values(ofAll), ...(role === 'head' ? ofHead : [])];
  return { kind: 'ports', use: 'Ray', ports, host: null, option: '--ray-port on all nodes', needed: true };
}
