import { existsSync } from 'node:fs';
import { hostname, networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { describe, expect, test } from 'vitest';

import type { Options } from '#core/options.ts';
import { defaultOptions } from '#core/options.ts';
import { gatherFacts } from '#edge/facts/gather.ts';
import { rehearsalProgram, withoutOurs } from '#edge/facts/surroundings.ts';

import { atomicWriter } from './atomic-writer.ts';
import { put, tempDir } from './temp-dir.ts';

const withOptions = (given: Partial<Options>): Options => ({
  ...defaultOptions(),
  podinfo: '/none',
  'gpus-per-node': 2,
  ...given,
});

/** An image with a `vllm` in a virtual environment of its own. */
async function image() {
  const root = await tempDir();
  const site = join(root, 'venv/lib/python3.11/site-packages');
  await put(join(root, 'venv/pyvenv.cfg'), 'home = /none\n');
  await put(join(root, 'venv/bin/vllm'), `#!${root}/venv/bin/python3\n`, 0o755);
  for (const name of ['vllm-0.31.0', 'ai_dynamo-1.6.1', 'ray-2.60.0'])
    await put(join(site, `${name}.dist-info/RECORD`), '');
  return { root, site, PATH: join(root, 'venv/bin') };
}

describe('the facts of a machine', () => {
  test('are gathered side by side for a command', async () => {
    const { root, site, PATH } = await image();
    const podinfo = join(root, 'podinfo');
    await atomicWriter(podinfo)({ annotations: 'a="1"', labels: '' });
    const hostfile = await put(join(root, 'hosts'), 'n1\n');
    const config = await put(join(root, 'config.yaml'), 'tensor-parallel-size: 2\n');
    const model = join(root, 'model');
    const options = withOptions({ podinfo, hostfile });
    const command = ['vllm', 'serve', model, '--config', config];
    const facts = await gatherFacts({ PATH, VLLM_LAUNCH_NNODES: '2', GONE: undefined, A: '' }, options, command);
    const found = (name: string, version: string) => ({ version, source: join(site, `${name}-${version}.dist-info`) });
    expect(facts).toEqual({
      env: { PATH, A: '' },
      hostname: hostname(),
      foreignRay: null,
      interfaces: facts.interfaces,
      podinfo: {
        directory: podinfo,
        annotations: { path: join(podinfo, 'annotations'), text: 'a="1"' },
        labels: { path: join(podinfo, 'labels'), text: '' },
      },
      hostfile: { path: hostfile, text: 'n1\n' },
      engineConfig: { path: config, text: 'tensor-parallel-size: 2\n' },
      gpus: facts.gpus,
      executable: { found: true, word: 'vllm', path: join(PATH, 'vllm') },
      vllm: found('vllm', '0.31.0'),
      dynamo: found('ai_dynamo', '1.6.1'),
      ray: found('ray', '2.60.0'),
      python: null,
      rayProgram: { found: false, word: 'ray', why: 'not-found' },
      rayClient: false,
      rayToken: null,
      model: { path: model, present: false },
      route: null,
      inPod: true,
      rehearsalProgram: rehearsalProgram(),
    });
    expect(facts.gpus).toMatchObject({ count: 2, source: '--gpus-per-node' });
    await put(join(model, 'config.json'), '{}');
    expect((await gatherFacts({ PATH }, options, command)).model).toEqual({ path: model, present: true });
  });

  test('are null where nothing is known', async () => {
    const facts = await gatherFacts({}, withOptions({ 'gpus-per-node': null }), []);
    expect(facts).toMatchObject({
      podinfo: null,
      hostfile: null,
      engineConfig: null,
      executable: null,
      vllm: null,
      dynamo: null,
      ray: null,
      model: null,
      route: null,
      inPod: false,
    });
  });

  test('tell of files that are named and missing', async () => {
    const facts = await gatherFacts({ PATH: '/none' }, withOptions({ hostfile: '/none/hosts' }), [
      'vllm',
      'serve',
      'm',
      '--config',
      '/none/c.yaml',
    ]);
    expect(facts).toMatchObject({
      hostfile: { path: '/none/hosts', missing: 'not there' },
      engineConfig: { path: '/none/c.yaml', missing: 'not there' },
      executable: { found: false, word: 'vllm', why: 'not-found' },
      vllm: null,
    });
  });

  test('tell a pod by its variable too', async () => {
    expect((await gatherFacts({ KUBERNETES_SERVICE_HOST: '10.0.0.1' }, withOptions({}), [])).inPod).toBe(true);
  });

  test('have the interfaces with their addresses', async () => {
    const { interfaces } = await gatherFacts({}, withOptions({}), []);
    expect(interfaces).toContainEqual({ name: 'lo', address: '127.0.0.1', internal: true });
    expect(interfaces).toHaveLength(Object.values(networkInterfaces()).flat().length);
  });
});

describe('the route to the leader', () => {
  const options = { nnodes: 2, 'node-rank': 1 };
  const outer = Object.entries(networkInterfaces()).flatMap(([name, entries = []]) =>
    entries.filter(({ internal, family }) => !internal && family === 'IPv4').map(({ address }) => ({ name, address })),
  )[0];

  test.skipIf(outer === undefined)('is our own address on the way, and its interface', async () => {
    const { address, name } = outer ?? { address: '', name: '' };
    const facts = await gatherFacts({}, withOptions({ ...options, leader: address }), []);
    expect(facts.route).toEqual({ leader: address, address, interface: name });
  });

  test('is none over the loopback, but for local', async () => {
    const leader = '127.0.0.1:9441';
    expect((await gatherFacts({}, withOptions({ ...options, leader }), [])).route).toBeNull();
    expect((await gatherFacts({}, withOptions({ ...options, leader, 'local-group': 'l' }), [])).route).toEqual({
      leader: '127.0.0.1',
      address: '127.0.0.1',
      interface: 'lo',
    });
  });

  test('is none where the name does not resolve', async () => {
    expect((await gatherFacts({}, withOptions({ ...options, leader: 'no-such-host.invalid' }), [])).route).toBeNull();
  });
});

test('our own variables reach nobody', () => {
  expect(
    withoutOurs({
      VLLM_LAUNCH_PORT: 'tcp://10.0.0.1:80',
      VLLM_LAUNCH_: 'x',
      VLLM_LAUNCHER: 'kept',
      A: '1',
      B: undefined,
    }),
  ).toEqual({ VLLM_LAUNCHER: 'kept', A: '1' });
});

test('the rehearsal engine lies beside the bundle', () => {
  expect(rehearsalProgram(pathToFileURL('/opt/app/dist/launcher.js').href)).toEqual([
    process.execPath,
    '/opt/app/dist/rehearsal.js',
  ]);
  const [, fromSource = ''] = rehearsalProgram();
  expect(existsSync(join(fromSource, '../../package.json'))).toBe(true);
  expect(fromSource).toMatch(/\/dist\/rehearsal\.js$/);
});
