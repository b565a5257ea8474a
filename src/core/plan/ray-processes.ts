// The processes of a Ray node: the head in front of the engine, or an agent alone.
import { rayPorts } from '#upstream/ray/ports.ts';
import { agentWords, headWords } from '#upstream/ray/start-words.ts';

import type { Decided } from './launch.ts';
import { fillText, inUrl, placeholders } from './node-env.ts';
import { ownNode } from './own-address.ts';
import type { ProcessSpec, RayPlan } from './plan.ts';
import { rayEnvironment } from './ray-env.ts';
import { workerRange } from './ray-ports.ts';

/** Returns the process of Ray itself; what is known of this node only at its start stands in it as a placeholder. */
export function rayProcess(launch: Decided, ray: RayPlan): ProcessSpec {
  const { rayProgram } = launch.facts;
  const node = {
    program: rayProgram?.found === true ? rayProgram.word : 'ray',
    address: fillText(placeholders.address, { address: ownNode(launch).address, folder: null }),
    gpus: ray.gpusPerNode,
    folder: placeholders.folder,
    ports: rayPorts(ray.port),
    workers: workerRange(launch),
    client: launch.facts.rayClient,
  };
  const env = rayEnvironment(launch, ray);
  if (ray.role === 'head') return { name: 'ray-head', argv: headWords(node), env, after: [] };
  return { name: 'ray-agent', argv: agentWords(node, `${inUrl(ray.host)}:${ray.port}`), env, after: [] };
}
