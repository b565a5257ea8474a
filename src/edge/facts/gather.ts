import { stat } from 'node:fs/promises';

import type { EngineVersion, Facts, Route } from '#core/facts.ts';
import { identify } from '#core/identity/identify.ts';
import { readPodinfo } from '#core/identity/podinfo.ts';
import type { Options } from '#core/options.ts';
import { namedFiles } from '#core/plan/named-files.ts';
import { resolveLeader } from '#edge/network/resolve.ts';

import { findDistribution } from './distributions.ts';
import { findExecutable } from './executable.ts';
import { gatherGpus } from './gpus.ts';
import { packageDirectories, pythonVersion } from './interpreter.ts';
import { gatherPodinfo } from './podinfo.ts';
import { findRay, gatherRayToken, hasRayClient } from './ray.ts';
import { gatherNames, rehearsalProgram, withoutOurs } from './surroundings.ts';
import { readTextFile } from './text-file.ts';
import { within } from './within.ts';

// Everything the machine says, asked once and side by side. Each question has its bound; what is not answered is null.
const fileBoundMs = 5_000;
const leaderBoundMs = 1_000;

type Env = Readonly<Record<string, string>>;

/** Returns the facts of this machine for a command as it would be started; starts no Python and changes nothing. */
export async function gatherFacts(
  environment: Readonly<Record<string, string | undefined>>,
  options: Options,
  command: readonly string[],
): Promise<Facts> {
  const env = withoutOurs(environment);
  const files = namedFiles(command, options.engine);
  const [podinfo, hostfile, engineConfig, gpus, programs, model, rayToken] = await Promise.all([
    gatherPodinfo(options.podinfo),
    textOf(options.hostfile),
    textOf(files.config),
    gatherGpus(options['gpus-per-node'], env),
    gatherPrograms(command, env),
    presence(files.model),
    gatherRayToken(options['ray-auth'], env),
  ]);
  const facts: Facts = {
    env,
    ...gatherNames(),
    podinfo,
    hostfile,
    engineConfig,
    gpus,
    ...programs,
    rayToken,
    foreignRay: null,
    model,
    route: null,
    inPod: env['KUBERNETES_SERVICE_HOST'] !== undefined || podinfo !== null,
    rehearsalProgram: rehearsalProgram(),
  };
  return { ...facts, route: await routeToLeader(facts, options) };
}

const textOf = (path: string | null): Promise<Facts['hostfile']> =>
  path === null ? Promise.resolve(null) : readTextFile(path);

type Versions = Pick<Facts, 'vllm' | 'dynamo' | 'ray' | 'python'>;
type Programs = Versions & Pick<Facts, 'executable' | 'rayProgram' | 'rayClient'>;

const noVersions: Versions = { vllm: null, dynamo: null, ray: null, python: null };

async function gatherPrograms([word]: readonly string[], env: Env): Promise<Programs> {
  const executable = word === undefined ? null : await findExecutable(word, env['PATH']);
  const program = executable?.found === true ? executable.path : null;
  const [rayProgram, versions] = await Promise.all([
    findRay(program, env['PATH']),
    program === null ? noVersions : within(fileBoundMs, gatherVersions(program, env), noVersions),
  ]);
  return { executable, rayProgram, rayClient: await hasRayClient(rayProgram, env), ...versions };
}

async function gatherVersions(program: string, env: Env): Promise<Versions> {
  const directories = await packageDirectories(program, env);
  const find = (name: string): Promise<EngineVersion | null> => findDistribution(name, directories);
  const [vllm, dynamo, ray, python] = await Promise.all([
    find('vllm'),
    find('ai-dynamo'),
    find('ray'),
    pythonVersion(program, env),
  ]);
  return { vllm, dynamo, ray, python };
}

/** A path that may not be looked at is there for all we know; the engine will say. */
async function presence(path: string | null): Promise<Facts['model']> {
  if (path === null) return null;
  const code = stat(path).then(
    () => null,
    (error: unknown) => (error as NodeJS.ErrnoException).code ?? null,
  );
  const answer = await within(fileBoundMs, code, null);
  return { path, present: answer !== 'ENOENT' && answer !== 'ENOTDIR' };
}

/**
 * Our address on the way to the leader, if its name resolves right now; the gate asks again. An address of the loopback is the
 * answer of a hosts file (Debian gives every host 127.0.1.1) and reaches nobody, unless the leader was given as one.
 */
async function routeToLeader(facts: Facts, options: Options): Promise<Route | null> {
  const { leader, source } = identify(facts, readPodinfo(facts, options), options).identity;
  if (leader === null) return null;
  const found = await resolveLeader(leader.host, leaderBoundMs);
  if ('reason' in found || found.own === null) return null;
  const internal = facts.interfaces.some(({ address, internal: inner }) => inner && address === found.own);
  const own = { leader: found.address, address: found.own, interface: found.interface };
  return internal && source !== 'local' ? null : own;
}
