// The webhook under load: reviews of 20 KiB on kept-alive connections at a steady pace, one of 3 MiB, and memory over 100,000 reviews.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { Agent, request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { launcher } from './group-lab.js';
import { load } from './load.js';

const connections = 8;
const perSecond = 500;
const seconds = 10;
const rounds = 3;
const manyReviews = 100_000;

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

/** A review of a new deployment whose object is about so many bytes long, spread over services as people's are. */
function review(bytes) {
  const services = {};
  const env = (count) =>
    Array.from({ length: count }, (_, index) => ({ name: `VARIABLE_${index}`, value: 'x'.repeat(60) }));
  const each = Math.ceil(bytes / 10 / 97);
  for (let index = 0; index < 10; index += 1) services[`service-${index}`] = { replicas: 1, envs: env(each) };
  const object = {
    apiVersion: 'nvidia.com/v1alpha1',
    kind: 'DynamoGraphDeployment',
    metadata: { name: 'd', namespace: 'ns', annotations: { 'a.example/note': 'x' } },
    spec: { services },
  };
  return {
    size: JSON.stringify(object).length,
    body: JSON.stringify({
      apiVersion: 'admission.k8s.io/v1',
      kind: 'AdmissionReview',
      request: {
        uid: 'bench',
        kind: { group: 'nvidia.com', version: 'v1alpha1', kind: 'DynamoGraphDeployment' },
        operation: 'CREATE',
        namespace: 'ns',
        name: 'd',
        object,
      },
    }),
  };
}

/** Sends a review and resolves to the time from `begun` to the whole answer, ms. */
const send = (place, path, body, begun = performance.now()) =>
  new Promise((resolve, reject) => {
    const asked = request(
      { ...place, path, method: 'POST', headers: { 'content-length': Buffer.byteLength(body) } },
      (response) => {
        let said = '';
        response.setEncoding('utf8').on('data', (chunk) => (said += chunk));
        response.on('end', () =>
          response.statusCode === 200 && said.includes('"allowed":true')
            ? resolve(performance.now() - begun)
            : reject(new Error(`${response.statusCode} ${said}`)),
        );
      },
    );
    asked.on('error', reject);
    asked.end(body);
  });

/** Times of reviews that are due one after another whether the last is answered or not. */
async function steady(place, body) {
  const begun = performance.now();
  const pending = [];
  for (let index = 0; index < perSecond * seconds; index += 1) {
    const due = begun + (index * 1_000) / perSecond;
    const wait = due - performance.now();
    if (wait > 1) await new Promise((resolve) => setTimeout(resolve, wait));
    pending.push(send(place, index % 2 === 0 ? '/mutate' : '/validate', body, Math.max(due, performance.now() - 1)));
  }
  return (await Promise.all(pending)).toSorted((a, b) => a - b);
}

const residentMb = (pid) => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;

/** Resident memory after every tenth of the reviews, MB. */
async function memory(place, body, pid) {
  const samples = [];
  let left = manyReviews;
  const worker = async () => {
    while (left > 0) {
      left -= 1;
      await send(place, left % 2 === 0 ? '/mutate' : '/validate', body);
      if (left % (manyReviews / 10) === 0) samples.push(residentMb(pid));
    }
  };
  await Promise.all(Array.from({ length: connections }, worker));
  return samples;
}

/** Rows of the table; the webhook runs as it is shipped, the client in this process. */
export async function webhookRows() {
  const folder = mkdtempSync(join(tmpdir(), 'vllm-launch-bench-'));
  const { selfSigned, writePair } = await load(`export * from './test/process/webhook/self-signed.ts';`);
  const pair = selfSigned();
  const { cert, key } = writePair(folder, pair);
  const words = ['webhook', '--cert', cert, '--key', key, '--operator-version', '1.0.0', '--https-port', '0'];
  const child = spawn(process.execPath, [launcher, ...words, '--log-level', 'info', '--log-format', 'json'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  try {
    let said = '';
    child.stderr.on('data', (chunk) => (said += said.length < 10_000 ? chunk : ''));
    while (!said.includes('listens on port')) await once(child.stderr, 'data');
    const port = Number(/"port":(\d+)/.exec(said)?.[1]);
    const agent = new Agent({ keepAlive: true, ca: pair.cert, maxSockets: connections });
    return await measured({ host: 'localhost', port, agent }, child.pid);
  } finally {
    child.kill('SIGTERM');
    await once(child, 'close');
    rmSync(folder, { recursive: true, force: true });
  }
}

async function measured(place, pid) {
  const usual = review(20 * 1_024);
  const large = review(3 * 1_048_576);
  for (let count = 0; count < 2_000; count += 1) await send(place, '/mutate', usual.body);
  const measuredRounds = [];
  for (let round = 0; round < rounds; round += 1) measuredRounds.push(await steady(place, usual.body));
  const at = (share) =>
    `${median(measuredRounds.map((times) => times[Math.floor((times.length - 1) * share)])).toFixed(1)} ms`;
  const slow = [];
  for (let count = 0; count < 20; count += 1) slow.push(await send(place, '/mutate', large.body));
  const samples = await memory(place, usual.body, pid);
  const [first, last] = [samples[0], samples.at(-1)];
  const kib = Math.round(usual.size / 1_024);
  place.agent.destroy();
  return [
    [`webhook: ${perSecond} reviews/s of ${kib} KiB, p50`, at(0.5), '', ''],
    [`webhook: ${perSecond} reviews/s of ${kib} KiB, p99`, at(0.99), `p99.9 ${at(0.999)}`, '< 10 ms'],
    [
      `webhook: ${(large.size / 1_048_576).toFixed(1)} MiB, slowest of 20`,
      `${Math.max(...slow).toFixed(0)} ms`,
      '',
      '<= 500 ms',
    ],
    [
      `webhook: memory over ${manyReviews} reviews`,
      `${last.toFixed(0)} MB`,
      `${first.toFixed(0)} MB after a tenth, most ${Math.max(...samples).toFixed(0)}`,
      'flat',
    ],
  ];
}
