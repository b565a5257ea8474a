// `exec`: only the process care. The child's code, its signals, its output and its input are its own.
import { randomBytes } from 'node:crypto';

import { afterEach, expect, test } from 'vitest';

import { nothingLeft } from './support/group.ts';
import { processesIn, until } from './support/outside.ts';
import { endAll, finish, start } from './support/start.ts';

afterEach(endAll);

const node = (script: string) => [process.execPath, '-e', script];
const isUp = (text: string) => `console.log(${JSON.stringify(text)}); setInterval(() => {}, 1000);`;

test.each([0, 1, 2, 75, 79, 127, 255])('the exit status %i is passed through, in silence', async (status) => {
  expect(await finish(['exec', '--', 'sh', '-c', `exit ${status}`])).toMatchObject({
    code: status,
    signal: null,
    stdout: '',
    stderr: '',
  });
});

test.each([
  ['TERM', 143],
  ['KILL', 137],
  ['SEGV', 139],
  ['HUP', 129],
] as const)('a death by SIG%s is %i', async (signal, status) => {
  expect(await finish(['exec', '--', 'sh', '-c', `kill -${signal} $$`])).toMatchObject({
    code: status,
    signal: null,
    stdout: '',
  });
});

test.each([
  [['no-such-command-here'], 127, /no-such-command-here/],
  [['/'], 126, /cannot|may not|directory/],
] as const)('%j is %i, and said', async (words, status, said) => {
  const { code, stderr } = await finish(['exec', '--', ...words]);
  expect(code).toBe(status);
  expect(stderr).toMatch(said);
});

test('SIGTERM reaches the child once, and its own code is the answer', async () => {
  const script = `let told = 0; process.on('SIGTERM', () => { told += 1; setTimeout(() => { console.log('told', told); process.exit(7); }, 500); }); ${isUp('up')}`;
  const exec = start(['exec', '--', ...node(script)]);
  await until('the child is up', () => exec.stdout().includes('up'));
  exec.signal('SIGTERM');
  expect(await exec.ended()).toEqual({ code: 7, signal: null });
  expect(exec.stdout().toString()).toBe('up\ntold 1\n');
  expect(exec.stderr()).toBe('');
});

test('a child that is deaf to SIGTERM is killed after the grace time', async () => {
  const exec = start(['exec', '--grace', '1s', '--', ...node(`process.on('SIGTERM', () => {}); ${isUp('up')}`)]);
  await until('the child is up', () => exec.stdout().includes('up'));
  const begun = performance.now();
  exec.signal('SIGTERM');
  expect((await exec.ended()).code).toBe(137);
  expect(performance.now() - begun).toBeGreaterThan(900);
  await nothingLeft(exec.folder);
});

test('a daemon of its own session is gone with the child', async () => {
  const exec = start(['exec', '--', 'sh', '-c', 'setsid sleep 300 & echo up; sleep 2']);
  await until('the daemon is there', () =>
    processesIn(exec.folder).some(({ words }) => words.join(' ') === 'sleep 300'),
  );
  expect((await exec.ended()).code).toBe(0);
  await nothingLeft(exec.folder);
});

test.each(['inherit', 'relay'])('with --output %s every byte passes, in and out', async (output) => {
  const bytes = randomBytes(3_000_000);
  const exec = start(['exec', '--output', output, '--', 'cat']);
  exec.write(bytes);
  exec.closeInput();
  expect((await exec.ended()).code).toBe(0);
  expect(exec.stdout().equals(bytes)).toBe(true);
  expect(exec.stderr()).toBe('');
});

const forwarded = ['SIGHUP', 'SIGQUIT', 'SIGUSR1', 'SIGUSR2', 'SIGWINCH', 'SIGCONT', 'SIGALRM'] as const;
const kept = ['SIGPIPE', 'SIGIO', 'SIGURG'] as const;

test('signals that are meant for the child reach it, those about our own pipes and sockets do not', async () => {
  const names = JSON.stringify([...forwarded, ...kept]);
  const exec = start([
    'exec',
    '--',
    ...node(`for (const name of ${names}) process.on(name, () => console.log(name)); ${isUp('up')}`),
  ]);
  await until('the child is up', () => exec.stdout().includes('up'));
  for (const name of [...kept, ...forwarded]) {
    exec.signal(name);
    if (name.startsWith('SIG') && (forwarded as readonly string[]).includes(name))
      await until(`${name} arrives`, () => exec.stdout().includes(name));
  }
  const heard = exec.stdout().toString();
  for (const name of kept) expect(heard).not.toContain(name);
  exec.signal('SIGTERM');
  expect((await exec.ended()).code).toBe(143);
});

test('a reader that goes away ends neither of the two', async () => {
  const exec = start([
    'exec',
    '--output',
    'relay',
    '--',
    ...node(
      `process.stdout.on('error', () => {}); console.log('up'); setInterval(() => console.log('more'), 20); setTimeout(() => process.exit(5), 1500)`,
    ),
  ]);
  await until('the child is up', () => exec.stdout().includes('up'));
  exec.dropOutput();
  expect((await exec.ended()).code).toBe(5);
});
