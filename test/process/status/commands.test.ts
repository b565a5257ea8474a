import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { expect, onTestFinished, test } from 'vitest';

import type { Context } from '#commands/context.ts';
import { probe } from '#commands/probe.ts';
import { status } from '#commands/status.ts';
import { defaultOptions } from '#core/options.ts';
import type { Options } from '#core/options.ts';
import { openStatusServer } from '#edge/status/server.ts';

import { sample, view } from '../../unit/core/report/status-sample.ts';

type Told = { readonly out: string[]; readonly err: string[]; readonly context: Context };

function telling(columns: number | null = null, stdout?: (text: string) => Promise<void>): Told {
  const out: string[] = [];
  const err: string[] = [];
  // What these two stories use of it.
  const used: Partial<Context> = {
    stdout: stdout ?? (async (text) => void out.push(text)),
    stderr: async (text) => void err.push(text),
    terminalWidth: () => columns,
  };
  const context = used as Context;
  return { out, err, context };
}

const given = (options: Partial<Options>) => ({
  options: { ...defaultOptions(), ...options },
  origins: {},
  argv: [],
  ignoredVariables: [],
});

async function launcher(change: Parameters<typeof view>[0] = {}): Promise<string> {
  const opened = await openStatusServer({ port: 0, host: '127.0.0.1', view: () => view(change) });
  if (!opened.ok) throw new Error(opened.reason);
  onTestFinished(() => opened.server.close());
  return `127.0.0.1:${opened.server.port}`;
}

async function nobody(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return `127.0.0.1:${port}`;
}

test('status prints the group', async () => {
  const { out, err, context } = telling();
  expect(await status({ kind: 'status', ...given({ address: await launcher() }) }, context)).toBe(0);
  expect(out.join('')).toMatch(/^group demo: 2 nodes.*\n0 {5}node-0 /s);
  expect(err).toEqual([]);
});

test('status --json prints the document on one line', async () => {
  const { out, context } = telling();
  expect(await status({ kind: 'status', ...given({ address: await launcher(), json: true }) }, context)).toBe(0);
  expect(out.join('')).toMatch(/^[^\n]+\n$/);
  expect(JSON.parse(out.join(''))).toEqual({ ...sample(), tail: ['INFO ready'] });
});

test('status without a launcher is 69 and says where it asked', async () => {
  const { out, err, context } = telling();
  const address = await nobody();
  expect(await status({ kind: 'status', ...given({ address }) }, context)).toBe(69);
  expect(out).toEqual([]);
  expect(err.join('')).toMatch(`cannot show the group: ${address} (--address) does not answer: refused; look`);
});

test('status of a server that is no launcher is 69 too', async () => {
  const server = createServer((_, response) => response.end('{"hello":1}'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { err, context } = telling();
  expect(await status({ kind: 'status', ...given({ address }) }, context)).toBe(69);
  expect(err.join('')).toMatch(/HTTP 200, but not from a launcher \(schema: /);
});

test.each(['a b', '127.0.0.1:99999', ''])('the address %j is a usage error', async (address) => {
  const { err, context } = telling();
  expect(await status({ kind: 'status', ...given({ address }) }, context)).toBe(64);
  expect(err.join('')).toContain(`${JSON.stringify(address)} (--address)`);
});

test('status --watch prints again every second, and clears a terminal first', async () => {
  const out: string[] = [];
  const enough = new Error('enough');
  const { context } = telling(80, async (text) => {
    out.push(text);
    if (out.length === 2) throw enough;
  });
  const watching = status({ kind: 'status', ...given({ address: await launcher(), watch: true }) }, context);
  await expect(watching).rejects.toBe(enough);
  for (const text of out) expect(text.startsWith('\u001b[H\u001b[2Jgroup demo')).toBe(true);
});

test.each([
  ['live', 0, 'alive\n'],
  ['ready', 1, 'waiting for group all 2 members, missing rank 1\n'],
  ['startup', 1, 'not started\n'],
] as const)('probe %s is %i with the reason', async (question, code, reason) => {
  const { out, context } = telling();
  expect(await probe({ kind: 'probe', question, ...given({ address: await launcher() }) }, context)).toBe(code);
  expect(out.join('')).toBe(reason);
});

test('probe without a launcher is 1 with the reason', async () => {
  const { out, context } = telling();
  const address = await nobody();
  expect(await probe({ kind: 'probe', question: 'live', ...given({ address }) }, context)).toBe(1);
  expect(out.join('')).toBe(`${address} does not answer: refused\n`);
});
