// Figures, not tests: medians of interleaved rounds, each beside a peer of the same run. `npm run bench [-- start|relay|group|webhook|ray|ray-beside]`
// `webhook`, `ray` and `ray-beside` run only when they are named: they take long, Ray's the installed engines too.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { groupRows } from './bench-group.js';
import { besideRows, rayRows } from './bench-ray.js';
import { webhookRows } from './bench-webhook.js';
import { launcher } from './group-lab.js';

const wanted = process.argv.slice(2);
const does = (name) => wanted.length === 0 || wanted.includes(name);
const folder = mkdtempSync(join(tmpdir(), 'vllm-launch-bench-'));
const rows = [];
const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

const bare = join(folder, 'bare.mjs');
writeFileSync(
  bare,
  `import { spawn } from 'node:child_process';\nspawn('/bin/echo', ['x'], { stdio: 'inherit' }).once('exit', (code) => { process.exitCode = code; });\n`,
);

/** Time from the launcher's fork to the child's first byte, ms. */
const firstByte = (words) =>
  new Promise((resolve) => {
    const begun = performance.now();
    const child = spawn(process.execPath, words, { stdio: ['ignore', 'pipe', 'ignore'] });
    let first = 0;
    child.stdout.on('data', () => {
      first ||= performance.now() - begun;
    });
    child.once('close', () => resolve(first));
  });

async function start() {
  const ways = {
    'bare node script': [bare],
    exec: [launcher, 'exec', '--', '/bin/echo', 'x'],
    'run, one node': [launcher, 'run', '--status-port', '0', '--', '/bin/echo', 'x'],
  };
  const times = Object.fromEntries(Object.keys(ways).map((name) => [name, []]));
  for (let round = 0; round < 25; round += 1) {
    for (const [name, words] of Object.entries(ways)) times[name].push(await firstByte(words));
  }
  const peer = median(times['bare node script']);
  const limits = { exec: 1.6, 'run, one node': 2.2 };
  for (const [name, values] of Object.entries(times)) {
    const ratio = median(values) / peer;
    rows.push([
      `start to the child: ${name}`,
      `${median(values).toFixed(0)} ms`,
      `${ratio.toFixed(2)}x bare`,
      limits[name] ? `<= ${limits[name]}x` : '',
    ]);
  }
}

/** MB/s of 2 GiB of zeros through `words` into a reader that counts. */
const throughput = (words) =>
  new Promise((resolve) => {
    const begun = performance.now();
    const child = spawn(words[0], words.slice(1), { stdio: ['ignore', 'pipe', 'ignore'] });
    let bytes = 0;
    child.stdout.on('data', (chunk) => {
      bytes += chunk.length;
    });
    child.once('close', () => resolve(bytes / 1e6 / ((performance.now() - begun) / 1000)));
  });

async function relay() {
  const source = ['head', '-c', String(2 ** 31), '/dev/zero'];
  const through = [process.execPath, launcher, 'run', '--status-port', '0', '--output', 'relay', '--', ...source];
  const [direct, relayed] = [[], []];
  for (let round = 0; round < 5; round += 1) {
    direct.push(await throughput(source));
    relayed.push(await throughput(through));
  }
  rows.push(['output: nothing between', `${median(direct).toFixed(0)} MB/s`, '', '']);
  rows.push([
    'output: relayed raw',
    `${median(relayed).toFixed(0)} MB/s`,
    `${(median(relayed) / median(direct)).toFixed(2)}x`,
    '>= 500 MB/s',
  ]);
}

if (does('start')) await start();
if (does('relay')) await relay();
if (does('group')) rows.push(...(await groupRows()));
if (wanted.includes('webhook')) rows.push(...(await webhookRows()));
if (wanted.includes('ray')) rows.push(...(await rayRows()));
if (wanted.includes('ray-beside')) rows.push(...(await besideRows()));
rmSync(folder, { recursive: true, force: true });
const widths = [0, 1, 2, 3].map((column) => Math.max(...rows.map((row) => row[column].length)));
for (const row of rows) console.log(row.map((cell, column) => cell.padEnd(widths[column])).join('  '));
