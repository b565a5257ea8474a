import type { Facts } from '#core/facts.ts';
import type { Options } from '#core/options.ts';
import { defaultOptions } from '#core/options.ts';

/** A machine about which nothing is known but its name. */
export const bareFacts = (known: Partial<Facts> = {}): Facts => ({
  env: {},
  hostname: 'n1',
  interfaces: [{ name: 'lo', address: '127.0.0.1', internal: true }],
  podinfo: null,
  hostfile: null,
  engineConfig: null,
  gpus: null,
  executable: null,
  vllm: null,
  dynamo: null,
  ray: null,
  python: null,
  rayProgram: null,
  rayClient: false,
  rayToken: null,
  foreignRay: null,
  model: null,
  route: null,
  inPod: false,
  rehearsalProgram: [],
  ...known,
});

/** The options at their defaults but for those given. */
export const withOptions = (given: Partial<Options> = {}): Options => ({ ...defaultOptions(), ...given });

/** A downward API volume with these texts; null is a file that is not there. */
export const podinfoOf = (annotations: string | null, labels: string | null): Facts['podinfo'] => ({
  directory: '/etc/podinfo',
  annotations: file('/etc/podinfo/annotations', annotations),
  labels: file('/etc/podinfo/labels', labels),
});

const file = (path: string, text: string | null) => (text === null ? { path, missing: 'not there' } : { path, text });

/** The kubelet's format for values that need no escapes. */
export const mapText = (values: Readonly<Record<string, string>>): string =>
  Object.entries(values)
    .map(([key, value]) => `${key}=${JSON.stringify(value)}`)
    .join('\n');
