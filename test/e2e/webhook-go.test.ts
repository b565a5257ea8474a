// The migration matrix once more with a client that is not ours: Kubernetes' own admission types, the JSON patch library of its API server.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { alpha, beta } from '../unit/core/webhook/ask.ts';
import type { Json } from '../unit/core/webhook/ask.ts';

import { endAll, newFolder } from './support/start.ts';
import { allVersions, planIn, scenarios, startWebhook, storedBy, titleOf } from './support/webhook.ts';
import type { Admit } from './support/webhook.ts';

const source = 'test/programs/admission';
const go = ['go', '/usr/local/go/bin/go'].find((name) => spawnSync(name, ['version']).status === 0);

/** Why the program cannot be had here, or null. */
let without: string | null = go === undefined ? 'there is no Go' : null;
const clients = new Map<string, ReturnType<typeof client>>();

beforeAll(async () => {
  if (go === undefined) return;
  const fetched = spawnSync(
    go,
    ['mod', 'download', 'k8s.io/api', 'k8s.io/apimachinery', 'gopkg.in/evanphx/json-patch.v4'],
    {
      cwd: source,
      encoding: 'utf8',
      timeout: 120_000,
    },
  );
  if (fetched.status !== 0) {
    without = `the Go modules cannot be had: ${fetched.stderr.trim().split('\n').at(-1) ?? ''}`;
    return;
  }
  const program = join(newFolder(), 'admission');
  const built = spawnSync(go, ['build', '-p', '2', '-buildvcs=false', '-o', program, '.'], {
    cwd: source,
    encoding: 'utf8',
  });
  if (!existsSync(program)) throw new Error(`go build: ${built.stderr}`);
  for (const version of allVersions) {
    const { port, files } = await startWebhook(version);
    clients.set(version, client(program, port, files.cert));
  }
}, 600_000);
afterAll(async () => {
  for (const { end } of clients.values()) await end();
  endAll();
});

function client(program: string, port: number, ca: string) {
  const child = spawn(program, [`https://localhost:${port}`, ca], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const ended = once(child, 'close');
  return {
    ask: async (change: Json): Promise<{ object?: Json; refused?: string }> => {
      child.stdin.write(`${JSON.stringify(change)}\n`);
      const { value, done } = await lines.next();
      if (done === true) throw new Error('the program ended: what it said stands above');
      return JSON.parse(value) as { object?: Json; refused?: string };
    },
    end: async () => {
      child.stdin.end();
      await ended;
    },
  };
}

const admit: Admit = async (version, operation, object, oldObject) => {
  const said = await clients.get(version)?.ask({ operation, object, oldObject });
  if (said?.refused !== undefined) expect(said.refused).toMatch(/^cannot accept DynamoGraphDeployment ns\/d: /);
  return said?.object ?? null;
};

describe.each([
  ['v1alpha1', alpha],
  ['v1beta1', beta],
] as const)('a deployment of %s, by a client in Go (needs Go and its modules)', (_, make) => {
  for (const scenario of scenarios) {
    test(titleOf(scenario), async ({ skip }) => {
      if (without !== null) skip(without);
      const object = await storedBy(admit, make, scenario);
      if (scenario.refused === true) return expect(object).toBe(null);
      if (object === null) throw new Error('the webhook refused it');
      expect(await planIn(object)).toMatchObject({ executor: scenario.executor, rule: scenario.rule });
    });
  }
});

test('services with names that need escapes are stamped at their place, by a client in Go (needs Go and its modules)', async ({
  skip,
}) => {
  if (without !== null) skip(without);
  const names = ['__proto__', 'constructor', 'a/b', 'a~b', '~1', '', 'é 😀', '"', '\u2028'];
  const services = names.map((name) => `${JSON.stringify(name)}:{}`).join(',');
  const object = JSON.parse(`{"metadata":{"annotations":{"__proto__":"x"}},"spec":{"services":{${services}}}}`) as Json;
  const said = await clients.get('0.9.0')?.ask({ operation: 'CREATE', object, oldObject: null });
  const stamped = said?.object as { metadata: { annotations: object }; spec: { services: Record<string, object> } };
  const stamp = { 'nvidia.com/dynamo-operator-version': '0.9.0' };
  expect(Object.entries(stamped.metadata.annotations)).toEqual([['__proto__', 'x'], ...Object.entries(stamp)]);
  expect(Object.keys(stamped.spec.services).toSorted()).toEqual(names.toSorted());
  for (const service of Object.values(stamped.spec.services))
    expect(service).toEqual({ extraPodMetadata: { annotations: stamp } });
});
