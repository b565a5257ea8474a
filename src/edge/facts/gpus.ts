import { readdir } from 'node:fs/promises';

import type { GpuFacts } from '#core/facts.ts';
import { ask } from '#edge/processes/ask.ts';
import type { GpuModel } from '#upstream/nvidia/devices.ts';
import { countVisible, isDeviceNode, parseSmi, saysNoDevice, smiQuery } from '#upstream/nvidia/devices.ts';

import { findExecutable } from './executable.ts';
import { within } from './within.ts';

// How many GPUs this container can use, and of what kind. The variables are hints of others; the device nodes are there.
type Env = Readonly<Record<string, string>>;

const deviceDirectory = '/dev';
const boundMs = 5_000;
const mostBytes = 65_536;

/** Returns the GPUs of this node with where their number was read, or null where nothing tells it. */
export async function gatherGpus(
  claimed: number | null,
  env: Env,
  directory = deviceDirectory,
): Promise<GpuFacts | null> {
  const devices = await countDevices(directory);
  const told = countBy(claimed, env, devices, directory);
  if (told === null) return null;
  const model = devices > 0 ? await askModel(env['PATH']) : { model: null, driver: null };
  return { ...told, ...model, devices: devices > 0 };
}

async function countDevices(directory: string): Promise<number> {
  const names = await within(boundMs, readdir(directory), []).catch(() => []);
  return names.filter(isDeviceNode).length;
}

function countBy(
  claimed: number | null,
  env: Env,
  devices: number,
  directory: string,
): Pick<GpuFacts, 'count' | 'source'> | null {
  if (claimed !== null) return { count: claimed, source: '--gpus-per-node' };
  const visible = env['CUDA_VISIBLE_DEVICES'];
  if (visible !== undefined) {
    return { count: countVisible(visible, devices > 0 ? devices : null), source: `CUDA_VISIBLE_DEVICES=${visible}` };
  }
  if (devices > 0) return { count: devices, source: `${directory}/nvidia*` };
  const granted = env['NVIDIA_VISIBLE_DEVICES'];
  return granted !== undefined && saysNoDevice(granted)
    ? { count: 0, source: `NVIDIA_VISIBLE_DEVICES=${granted}` }
    : null;
}

async function askModel(path: string | undefined): Promise<GpuModel> {
  const found = await findExecutable('nvidia-smi', path);
  if (found?.found !== true) return { model: null, driver: null };
  const answer = await ask(found.path, smiQuery, { timeoutMs: boundMs, maxBytes: mostBytes });
  // A GPU that cannot be read makes the whole program fail; the rows of the others are still true.
  return parseSmi(answer.stdout);
}
