// The bundle's command line: codes, streams, and that everything is written before it ends.
import { spawn, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { bin, launch } from './launcher.ts';

const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };

test.each([
  [[], 'Usage: vllm-launch COMMAND'],
  [['--help'], 'Usage: vllm-launch COMMAND'],
  [['help', 'run'], 'Usage: vllm-launch run'],
  [['plan', '--nnodes', '2', '--help'], 'Usage: vllm-launch plan'],
  [['--version'], `vllm-launch ${version}\n`],
  [['explain', 'exit', '137'], 'SIGKILL'],
  [['completion', 'bash'], 'complete -o'],
])('%j answers on stdout and ends with 0', async (words, text) => {
  const { code, stdout, stderr } = await launch(words);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toContain(text);
});

test.each([
  [['run'], 'cannot run: there is no -- and no command'],
  [['run', 'vllm', 'serve'], 'write: vllm-launch run -- vllm serve'],
  [['run', '--node-rnak', '3', '--', 'x'], 'did you mean --node-rank?'],
  [['run', '--nnodes', 'two', '--', 'x'], 'cannot use --nnodes "two"'],
  [['run', '--no-json', '--', 'x'], '"--no-json": there is no such option'],
  [['srun', '--', 'x'], 'not in this version'],
  [['webhook', '--cert', 'x'], 'cannot run the webhook: --key, --operator-version is missing'],
  [['explain', 'exit', '300'], 'cannot explain "300"'],
])('%j is refused on stderr with 64', async (words, text) => {
  const { code, stdout, stderr } = await launch(words);
  expect({ code, stdout }).toEqual({ code: 64, stdout: '' });
  expect(stderr).toContain(text);
  expect(stderr).toMatch(/^(vllm-launch: cannot .*\n)+$/);
});

test('variables are read as options are', async () => {
  const { code, stderr } = await launch(['plan', '--', 'true'], {
    env: { VLLM_LAUNCH_NNODES: 'two', VLLM_LAUNCH_PORT: 'tcp://x' },
  });
  expect({ code, lines: stderr.split('\n').length }).toEqual({ code: 64, lines: 2 });
  expect(stderr).toContain('cannot use VLLM_LAUNCH_NNODES="two"');
});

test('output that cannot be written is 74, and says so', () => {
  const { status, stderr } = spawnSync('bash', ['-c', `exec "$0" "$1" help run > /dev/full`, process.execPath, bin], {
    encoding: 'utf8',
  });
  expect(status).toBe(74);
  expect(stderr).toContain('cannot write the output: ENOSPC');
});

test('a reader that went away is 74 without a word', async () => {
  const child = spawn(process.execPath, [bin, 'help', 'run'], { stdio: ['ignore', 'pipe', 'pipe'] });
  child.stdout.destroy();
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number];
  expect({ code, stderr }).toEqual({ code: 74, stderr: '' });
});

test('a long document reaches a slow reader whole', async () => {
  const words = Array.from({ length: 3_000 }, (_, index) => `--word-${index}-${'x'.repeat(40)}`);
  const child = spawn(process.execPath, [bin, 'plan', '--json', '--', 'true', ...words], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child, 'spawn');
  await new Promise((resolve) => setTimeout(resolve, 600));
  const chunks: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  await once(child, 'close');
  const { engine } = JSON.parse(Buffer.concat(chunks).toString()) as { engine: { command: string[] } };
  expect(engine.command).toEqual(['true', ...words]);
});

/** A copy of the package at another place, without its dependencies. */
function packageCopy(parts: readonly string[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'vllm-launch-'));
  mkdirSync(join(folder, 'bin'));
  for (const part of parts) cpSync(part, join(folder, part), { recursive: true });
  return folder;
}

test('without dist/ it says what to do and ends with 70', async () => {
  const folder = packageCopy(['bin']);
  const { code, stderr } = await launch(['--help'], { entry: join(folder, 'bin/vllm-launch.js') });
  rmSync(folder, { recursive: true });
  expect({ code, stderr }).toEqual({
    code: 70,
    stderr: 'vllm-launch: cannot start: dist/ is not built; run npm run build\n',
  });
});

test('it needs no node_modules: options, plan and completion work from bin/ and dist/ alone', async () => {
  const folder = packageCopy(['bin', 'dist', 'package.json']);
  const entry = join(folder, 'bin/vllm-launch.js');
  const codes = [];
  for (const words of [
    ['plan', '--nnodes', '1', '--', 'true'],
    ['completion', 'zsh'],
    ['status', '--address', '127.0.0.1:1'],
  ]) {
    const { code, stderr } = await launch(words, { entry });
    codes.push(code);
    expect(stderr).not.toContain('internal error');
  }
  rmSync(folder, { recursive: true });
  expect(codes.slice(0, 2)).toEqual([0, 0]);
});

test('no start loads more than 700 KB, and nothing that is not there', () => {
  const files = ['launcher', 'parse', 'run'].map((name) => `dist/${name}.js`);
  expect(files.map((path) => statSync(path).size).reduce((sum, size) => sum + size)).toBeLessThanOrEqual(700 * 1024);
  for (const path of files) expect(readFileSync(path, 'utf8')).not.toMatch(/^import\b/m);
});
