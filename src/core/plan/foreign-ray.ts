// A Ray beside ours (design section 2.1): rendered for an image without a launcher, so refused with the form to use instead.
import type { Problem } from '#core/errors.ts';
import { problem } from '#core/errors.ts';
import { given } from '#core/identity/given.ts';
import { backendAnnotation } from '#upstream/dynamo/keys.ts';
import { startsRay } from '#upstream/ray/script.ts';
import { readCommand } from '#upstream/vllm/command.ts';
import { addressVariable } from '#upstream/ray/start-variables.ts';

import { isDynamoPod } from './decision.ts';
import type { Decided, Launch, Remarks } from './launch.ts';
import { usesRay } from './launch.ts';
import type { LaunchPlan } from './plan.ts';

const ownForm =
  'give the engine command alone (args: of the manifest), then vllm-launch starts Ray where the plan needs it';

/** Returns why a command is refused that starts Ray itself; a script that does so later runs untouched where nothing is added to it. */
export function rayCommandProblems(launch: Decided): Problem[] {
  const { command, identity, decision } = launch;
  // An engine behind a shell is what `launch.program` says, where --engine found one.
  const { program } = readCommand(command);
  const refuse = (what: string): Problem[] => [
    problem('config', `cannot run ${what}: this launcher starts Ray itself where the plan needs it`, hintFor(launch)),
  ];
  if (program === 'ray-start') return refuse('`ray start`');
  if (program !== 'shell') return [];
  const scripts = command.slice(1).map(startsRay);
  if (scripts.includes('first')) return refuse('a shell string that begins with `ray start`');
  const untouched = identity.size === 1 || decision.outcome === 'single' || decision.outcome === 'replicas';
  return scripts.includes('later') && !untouched ? refuse('a shell string with `ray start` in it') : [];
}

const hintFor = (launch: Launch): string =>
  isDynamoPod(launch.podinfo, launch.facts.env)
    ? `${ownForm}; or set the annotation ${backendAnnotation}: mp on the deployment`
    : `${ownForm}; for Ray alone use \`vllm-launch exec -- ray start ...\``;

/**
 * Returns where a Ray head would answer that we did not start. Asked where ours would take its place, in a pod, and for mp in a pod of
 * a Dynamo deployment: what answers there was not left over by a launcher before us, and no other job's as on bare machines.
 */
export function foreignRayPlaces(launch: Decided): LaunchPlan['foreignRay'] {
  const { identity, decision, facts, options, podinfo } = launch;
  const head = usesRay(launch) && (identity.size === 1 || identity.rank === 0) && facts.inPod;
  const beside = decision.outcome === 'mp' && isDynamoPod(podinfo, facts.env);
  return head || beside ? [{ host: '127.0.0.1', port: options['ray-port'] }] : [];
}

/** Returns why a launch is refused where a Ray of somebody else's runs, or is to run, on this pod. */
export function foreignRayRemarks(launch: Decided): Remarks {
  return { warnings: [], problems: [...foreignHead(launch), ...pointedAtUs(launch)] };
}

function foreignHead(launch: Decided): Problem[] {
  const { decision, facts } = launch;
  if (facts.foreignRay === null) return [];
  const message = `cannot run the outcome ${decision.outcome}: a Ray head that this launcher did not start answers at ${facts.foreignRay}`;
  return [problem('config', message, `start no Ray in this pod: ${hintFor(launch)}`)];
}

/** With Ray the variable is compared with the cluster that we start (ray-refusals.ts). */
function pointedAtUs({ decision, facts, podinfo }: Decided): Problem[] {
  const said = given(facts.env, addressVariable);
  if (decision.outcome !== 'mp' || said === null || !isDynamoPod(podinfo, facts.env)) return [];
  const host = /^(?:ray:\/\/)?(?:\[(.*)\]|([^:]*))(?::\d+)?$/.exec(said);
  const name = host?.[1] ?? host?.[2] ?? '';
  const own = [...always, facts.hostname, ...facts.interfaces.map(({ address }) => address)];
  if (!own.includes(name)) return [];
  const message = `cannot run the outcome mp: ${addressVariable}=${said} points at a Ray on this node, and mp has none`;
  return [
    problem(
      'config',
      message,
      `unset ${addressVariable}, or set the annotation ${backendAnnotation}: ray on the deployment`,
    ),
  ];
}

// ray.init(): `auto` is the Ray of this machine, `local` a new one on it.
const always = ['auto', 'local', 'localhost', '127.0.0.1', '::1'];
