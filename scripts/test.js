// Runs every part of the tests that this machine allows, says what it left out and why, and ends with the counts.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statfsSync, statSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';

const long = process.argv.includes('--long');
const only = process.argv
  .find((word) => word.startsWith('--only='))
  ?.slice('--only='.length)
  .split(',');
const ci = process.env['CI'] === 'true';
const scratch = mkdtempSync(join(tmpdir(), 'vllm-launch-test-'));
const totals = { passed: 0, failed: 0, left: [], ran: new Set() };

const run = (command, args, options = {}) =>
  spawnSync(command, args, { stdio: 'inherit', timeout: 40 * 60_000, ...options });
const has = (command, args) => spawnSync(command, args, { stdio: 'ignore' }).status === 0;
const isRoot = process.getuid?.() === 0;

function step(name, command, args, options) {
  console.log(`\n== ${name}`);
  const begun = Date.now();
  const ok = run(command, args, options).status === 0;
  totals[ok ? 'passed' : 'failed'] += 1;
  console.log(`== ${name}: ${ok ? 'passed' : 'FAILED'} in ${((Date.now() - begun) / 1000).toFixed(0)} s`);
  return ok;
}

function vitest(project, env = {}, files = []) {
  console.log(`\n== ${project} tests ${files.join(' ')}`);
  const report = join(scratch, `${project}${files.length}.json`);
  const reporters = ['--reporter=dot', '--reporter=json', `--outputFile.json=${report}`];
  const words = ['vitest', 'run', '--project', project, ...files, ...reporters];
  const { status } = run('npx', words, { env: { ...process.env, ...env } });
  const counts = existsSync(report) ? JSON.parse(readFileSync(report, 'utf8')) : null;
  totals.passed += counts?.numPassedTests ?? 0;
  totals.failed += Math.max(counts?.numFailedTests ?? 0, status === 0 ? 0 : 1);
  const tests = (counts?.testResults ?? []).flatMap((file) => file.assertionResults);
  for (const { status: how, fullName } of tests) {
    // Each says in its name what it needs: another shell, another user, the engines (which a later part brings).
    const name = fullName.replace(/ \(VLLM_ENGINES .*?\)/, '');
    if (how === 'passed') totals.ran.add(name);
    else if (how !== 'failed') totals.left.push(`skipped: ${name}`);
  }
}

/** A part that this machine cannot do: an omission for a person, a failure in CI. */
function leaveOut(what, why) {
  totals.left.push(`${what}: ${why}`);
  if (ci) totals.failed += 1;
}

function prepareMachine() {
  if (isRoot && !has('ip', ['-V']) && has('apt-get', ['--version'])) {
    run('apt-get', ['update', '-qq']);
    run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'iproute2']);
  }
  const stamp = 'node_modules/.package-lock.json';
  const fresh = existsSync(stamp) && statSync(stamp).mtimeMs >= statSync('package-lock.json').mtimeMs;
  if (!fresh && !step('npm ci', 'npm', ['ci', '--no-fund', '--no-audit'])) return false;
  return step('build', 'npm', ['run', '--silent', 'build']);
}

function engines() {
  const check = spawnSync('scripts/engines', ['--check'], { encoding: 'utf8' });
  const free = statfsSync(homedir());
  if (check.status !== 0) return { why: check.stderr.trim() || `scripts/engines --check ended with ${check.status}` };
  console.log(`\n== real engines (${Math.round((free.bavail * free.bsize) / 1e9)} GB free)`);
  const made = spawnSync('scripts/engines', [], { stdio: ['ignore', 'pipe', 'inherit'], encoding: 'utf8' });
  if (made.status !== 0) return { why: `scripts/engines ended with ${made.status}` };
  return { venv: made.stdout.trim() };
}

function kubernetes() {
  const made = spawnSync('scripts/kubernetes', [], { encoding: 'utf8', timeout: 40 * 60_000 });
  if (made.status !== 0)
    return { why: made.stderr.trim().split('\n').at(-1) || `scripts/kubernetes ended with ${made.status}` };
  return { binaries: made.stdout.trim() };
}

const wanted = (part) => only === undefined || only.includes(part);

if (prepareMachine()) {
  if (wanted('static')) {
    step('types', 'npx', ['tsc', '--noEmit']);
    step('lint', 'npx', ['oxlint', '--type-aware', '--deny-warnings']);
    step('format', 'npx', ['prettier', '--check', '--log-level=warn', '.']);
    step('unused', 'npx', ['knip']);
  }
  if (wanted('unit')) vitest('unit');
  if (wanted('property')) vitest('property');
  if (wanted('process')) vitest('process');
  const lab = isRoot && has('ip', ['netns', 'list']);
  if (!lab) leaveOut('tests on several hosts', 'network namespaces need root and iproute2');
  if (wanted('e2e')) vitest('e2e', { VLLM_LAUNCH_TEST_LAB: lab ? '1' : '' });
  if (long && wanted('kubernetes')) {
    const { why, binaries } = kubernetes();
    if (binaries === undefined) leaveOut('the webhook on a real API server', why);
    else vitest('e2e', { VLLM_LAUNCH_KUBERNETES: binaries }, ['test/e2e/webhook-kubernetes.test.ts']);
  }
  if (wanted('real')) {
    const real = engines();
    if ('why' in real) leaveOut('tests on real engines', real.why);
    else if (!lab) leaveOut('tests on real engines', 'they need network namespaces');
    else {
      vitest('property', { VLLM_ENGINES: real.venv, VLLM_LINES: long ? '10000' : '2000' }, [
        'test/property/vllm-parser.test.ts',
      ]);
      vitest('process', { VLLM_ENGINES: real.venv }, ['test/process/ray']);
      vitest('e2e', { VLLM_ENGINES: real.venv, VLLM_LAUNCH_TEST_LAB: '1' }, ['test/e2e/group-ray.test.ts']);
      step('real engines', 'node', ['scripts/e2e-real.js', real.venv, ...(long ? ['--long'] : [])]);
    }
  }
}
rmSync(scratch, { recursive: true, force: true });
// What one part leaves to a later one was not left out.
const left = new Set(totals.left.filter((line) => !totals.ran.has(line.replace('skipped: ', ''))));
for (const line of left) console.log(`left out: ${line}`);
process.exitCode = totals.failed === 0 ? 0 : 1;
console.log(`${totals.passed} passed, ${totals.failed} failed`);
