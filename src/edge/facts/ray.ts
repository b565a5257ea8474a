import { homedir } from 'node:os';
import { dirname, join } from 'node:path';

import type { EngineVersion, Executable, RayToken } from '#core/facts.ts';
import { given } from '#core/identity/given.ts';
import { secret } from '#core/secret.ts';
import { authVariable, tokenFileAtHome, tokenFileVariable, tokenVariable } from '#upstream/ray/start-variables.ts';

import { findDistribution } from './distributions.ts';
import { findExecutable } from './executable.ts';
import { packageDirectories } from './interpreter.ts';
import { readTextFile } from './text-file.ts';
import { within } from './within.ts';

// Ray's program and its token, found as Ray and the shell would find them; nothing is started.
type Env = Readonly<Record<string, string>>;

const boundMs = 5_000;

/** Returns the program `ray`: the one beside the engine's own, whose Ray the engine imports, else the one on PATH. */
export async function findRay(engine: string | null, path: string | undefined): Promise<Executable | null> {
  const onPath = await findExecutable('ray', path);
  const beside = engine === null ? null : await findExecutable(`${dirname(engine)}/ray`, undefined);
  if (beside?.found !== true) return onPath;
  return onPath?.found === true && onPath.path === beside.path ? onPath : beside;
}

/** Tells whether Ray's Python has gRPC, without which it starts no client server (Ray 2.60 get_ray_client_dependency_error). */
export async function hasRayClient(ray: Executable | null, env: Env): Promise<boolean> {
  if (ray?.found !== true) return false;
  const grpc = findDistributionOf(ray.path, env);
  return (await within(boundMs, grpc, null)) !== null;
}

const findDistributionOf = async (program: string, env: Env): Promise<EngineVersion | null> =>
  findDistribution('grpcio', await packageDirectories(program, env));

/** Returns the token that Ray would use, or null where it is not to ask for one; `chosen` is --ray-auth. */
export async function gatherRayToken(chosen: string | null, env: Env): Promise<RayToken | null> {
  const mode = given(env, authVariable) ?? chosen ?? '';
  if (mode.toLowerCase() !== 'token') return null;
  const said = given(env, tokenVariable);
  if (said !== null) return tokenOf(tokenVariable, said);
  const path = given(env, tokenFileVariable) ?? join(given(env, 'HOME') ?? homedir(), tokenFileAtHome);
  const file = await readTextFile(path);
  return 'text' in file ? tokenOf(path, file.text) : { source: path, missing: file.missing };
}

const tokenOf = (source: string, text: string): RayToken =>
  text.trim() === '' ? { source, missing: 'it is empty' } : { source, value: secret(text.trim()) };
