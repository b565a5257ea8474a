// What keeps Ray from starting, or from becoming one cluster, said before anything starts.
import type { Problem } from '#core/errors.ts';
import { problem } from '#core/errors.ts';
import { given } from '#core/identity/given.ts';
import { quote } from '#core/quote.ts';
import { backendAnnotation } from '#upstream/dynamo/keys.ts';
import { addressVariable, folderVariable, visibleToRay } from '#upstream/ray/start-variables.ts';

import type { Decided, Remarks } from './launch.ts';
import { noRemarks, usesRay } from './launch.ts';
import { inUrl } from './node-env.ts';
import { ownNode } from './own-address.ts';
import { longestSocketBytes, socketPathBytes } from './ray-folder.ts';
import { tempOf } from './ray-place.ts';
import { portProblems } from './ray-ports.ts';
import { systemPortOf } from './system-server.ts';

const config = (message: string, hint: string): Problem => problem('config', message, hint);

/** Returns why Ray cannot run here, in the order in which a person would mend it. */
export function rayRemarks(launch: Decided): Remarks {
  if (!usesRay(launch)) return noRemarks;
  const checks = [noRay, sharedAddress, otherCluster, hiddenGpus, longFolder, readinessUnknown, portProblems];
  return { problems: checks.flatMap((check) => check(launch)), warnings: [] };
}

function noRay({ facts, options, decision }: Decided): Problem[] {
  const { rayProgram, vllm, ray } = facts;
  const without =
    decision.outcome === 'ray'
      ? `set the annotation ${backendAnnotation}: mp (or give --executor mp)`
      : 'leave out --enable-elastic-ep';
  const hint = `${without}, or add the package ray[default] to the image`;
  const refuse = (why: string): Problem[] => [config(`cannot run the outcome ${decision.outcome}: ${why}`, hint)];
  if (rayProgram?.found === false)
    return refuse(
      rayProgram.why === 'not-found' ? 'there is no program `ray`' : `${quote(rayProgram.word)} cannot be executed`,
    );
  if (options.rehearse || vllm === null || ray !== null) return [];
  return refuse(`Ray is not installed where vLLM ${vllm.version} is (${vllm.source})`);
}

function sharedAddress({ options, identity, decision }: Decided): Problem[] {
  if (options['local-group'] === null || identity.size === 1) return [];
  const message = `cannot run the outcome ${decision.outcome} on one machine: two nodes of Ray cannot share one address`;
  return [config(message, decision.outcome === 'ray' ? 'use --executor mp' : 'use --nodes 1')];
}

function otherCluster(launch: Decided): Problem[] {
  const { facts, identity, options } = launch;
  const said = given(facts.env, addressVariable);
  const hosts = [ownNode(launch).address, identity.leader?.host ?? null];
  const ours = hosts.flatMap((host) => (host === null ? [] : [`${inUrl(host)}:${options['ray-port']}`]));
  if (said === null || ours.includes(said)) return [];
  const message = `cannot use ${addressVariable}=${said}: the engine would join another Ray than the one that is started here`;
  return [config(message, `unset ${addressVariable}, vllm-launch sets it`)];
}

function hiddenGpus({ facts: { env, gpus } }: Decided): Problem[] {
  const devices = Object.hasOwn(env, 'CUDA_VISIBLE_DEVICES') ? env['CUDA_VISIBLE_DEVICES'] : undefined;
  const visible = visibleToRay(devices);
  if (gpus === null || visible === null || visible >= gpus.count) return [];
  const message = `cannot give Ray ${gpus.count} GPUs (${gpus.source}): CUDA_VISIBLE_DEVICES=${devices} shows ${visible}`;
  return [config(message, 'unset or correct CUDA_VISIBLE_DEVICES, or correct --gpus-per-node')];
}

function longFolder(launch: Decided): Problem[] {
  const said = given(launch.facts.env, folderVariable);
  if (said === null) return [];
  const bytes = new TextEncoder().encode(tempOf(launch)).length + longestSocketBytes;
  const refuse = (why: string): Problem[] => [
    config(`cannot use ${folderVariable}=${said}: ${why}`, `unset ${folderVariable}, or name a shorter folder`),
  ];
  if (!said.startsWith('/')) return refuse('it is not an absolute path');
  if (bytes <= socketPathBytes) return [];
  return refuse(`a socket's path would have up to ${bytes} bytes, and the system takes ${socketPathBytes}`);
}

/** An agent that joins too early makes vLLM count too many nodes (dynamo.md 2.4). */
function readinessUnknown({ decision, identity, profile, facts }: Decided): Problem[] {
  const told = profile !== 'dynamo' || systemPortOf(facts.env) !== null;
  if (decision.outcome !== 'elastic-ep' || identity.size === 1 || told) return [];
  const message = 'cannot tell when an agent may join: DYN_SYSTEM_PORT switches off what says that the engine is ready';
  return [config(message, 'correct DYN_SYSTEM_PORT, or leave it to vllm-launch')];
}
