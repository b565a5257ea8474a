import { join } from 'node:path';

import { describe, expect, test } from 'vitest';

import { gatherGpus } from '#edge/facts/gpus.ts';

import { put, tempDir } from './temp-dir.ts';

const nobody = { model: null, driver: null };

/** A /dev with so many GPUs, and a bin with an nvidia-smi that runs this script. */
async function machine(devices: number, script: string | null = null) {
  const root = await tempDir();
  const dev = join(root, 'dev');
  for (const name of ['null', 'nvidiactl', 'nvidia-uvm']) await put(join(dev, name), '');
  for (let index = 0; index < devices; index += 1) await put(join(dev, `nvidia${index}`), '');
  if (script !== null) await put(join(root, 'bin', 'nvidia-smi'), `#!/bin/sh\n${script}\n`, 0o755);
  return { dev, env: { PATH: join(root, 'bin') } };
}

describe('the GPUs of a node', () => {
  test('are those that the user names, whatever is there', async () => {
    const { dev, env } = await machine(2);
    const all = { ...env, CUDA_VISIBLE_DEVICES: '0' };
    expect(await gatherGpus(8, all, dev)).toEqual({ count: 8, source: '--gpus-per-node', devices: true, ...nobody });
    expect(await gatherGpus(8, {}, join(dev, 'none'))).toEqual({
      count: 8,
      source: '--gpus-per-node',
      devices: false,
      ...nobody,
    });
  });

  test('are those that CUDA shows', async () => {
    const { dev, env } = await machine(2);
    const see = (visible: string) => gatherGpus(null, { ...env, CUDA_VISIBLE_DEVICES: visible }, dev);
    expect(await see('1')).toEqual({ count: 1, source: 'CUDA_VISIBLE_DEVICES=1', devices: true, ...nobody });
    expect(await see('0,1,2')).toMatchObject({ count: 2 });
    expect(await see('')).toMatchObject({ count: 0, source: 'CUDA_VISIBLE_DEVICES=' });
    const none = await machine(0);
    expect(await gatherGpus(null, { CUDA_VISIBLE_DEVICES: '0,1,2' }, none.dev)).toMatchObject({
      count: 3,
      devices: false,
    });
  });

  test('are the device nodes, also where a hint says there are none', async () => {
    const { dev, env } = await machine(12);
    expect(await gatherGpus(null, { ...env, NVIDIA_VISIBLE_DEVICES: 'void' }, dev)).toEqual({
      count: 12,
      source: `${dev}/nvidia*`,
      devices: true,
      ...nobody,
    });
  });

  test('are none where nothing is there and a hint says so, else not known', async () => {
    const { dev } = await machine(0);
    expect(await gatherGpus(null, { NVIDIA_VISIBLE_DEVICES: 'none' }, dev)).toEqual({
      count: 0,
      source: 'NVIDIA_VISIBLE_DEVICES=none',
      devices: false,
      ...nobody,
    });
    expect(await gatherGpus(null, { NVIDIA_VISIBLE_DEVICES: 'all' }, dev)).toBeNull();
    expect(await gatherGpus(null, {}, dev)).toBeNull();
  });
});

describe('nvidia-smi', () => {
  test('names model and driver', async () => {
    const { dev, env } = await machine(1, 'echo "$*" >&2; echo "NVIDIA H200, 590.1"');
    expect(await gatherGpus(null, env, dev)).toMatchObject({ model: 'NVIDIA H200', driver: '590.1' });
  });

  test('is asked for these two columns only', async () => {
    const { dev, env } = await machine(
      1,
      '[ "$*" = "--query-gpu=name,driver_version --format=csv,noheader" ] && echo "asked, well"',
    );
    expect(await gatherGpus(null, env, dev)).toMatchObject({ model: 'asked', driver: 'well' });
  });

  test('that fails for one GPU still names the others', async () => {
    const { dev, env } = await machine(
      2,
      'echo "NVIDIA H200, 590.1"; echo "Unable to determine the device handle"; exit 255',
    );
    expect(await gatherGpus(null, env, dev)).toMatchObject({ count: 2, model: 'NVIDIA H200', driver: '590.1' });
  });

  test('is not asked where there is no GPU', async () => {
    const { dev, env } = await machine(0, 'echo "NVIDIA H200, 590.1"');
    expect(await gatherGpus(4, env, dev)).toMatchObject({ count: 4, ...nobody });
  });
});
