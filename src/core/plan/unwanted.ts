// Variables that no process of ours may see, though the user or the platform set them.
import { given } from '#core/identity/given.ts';
import { folderVariable } from '#upstream/ray/start-variables.ts';

import type { Decided } from './launch.ts';
import { usesRay } from './launch.ts';

/** Returns the names that are taken out of the environment of an engine and of Ray. */
export function unwanted(launch: Decided): string[] {
  const { env } = launch.facts;
  // A Service called vllm injects VLLM_PORT=tcp://..., which vLLM refuses to start with (vllm.md 2.2).
  const service = given(env, 'VLLM_PORT')?.includes('://') === true;
  // The engine would take the folder above Ray's own for Ray's.
  const folder = usesRay(launch) && given(env, folderVariable) !== null;
  return [...(service ? ['VLLM_PORT'] : []), ...(folder ? [folderVariable] : [])];
}
