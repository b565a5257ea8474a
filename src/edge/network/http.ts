import { Agent } from 'node:http';

import { connectReason } from './connect-reason.ts';
import { lookupForDial } from './lookup.ts';

// Questions over HTTP to a server on this node or the next: one connection each, bounded in time and in size.
export type HttpStatus = { readonly status: number | null; readonly reason: string };
export type HttpText =
  | { readonly ok: true; readonly status: number; readonly text: string }
  | { readonly ok: false; readonly reason: string };
export type HttpJson =
  | { readonly ok: true; readonly status: number; readonly value: unknown }
  | { readonly ok: false; readonly reason: string };

const longestBytes = 8 * 1024 * 1024;

/** Returns the HTTP status of a GET within `timeoutMs`, a redirect as itself; null and the reason without an answer. */
export async function getStatus(host: string, port: number, path: string, timeoutMs: number): Promise<HttpStatus> {
  const status = await get(host, port, path, timeoutMs, async (response) => response.status);
  return typeof status === 'number' ? { status, reason: `HTTP ${status}` } : { status: null, reason: status.reason };
}

/** Returns the status and the body (at most 8 MiB) of a GET within `timeoutMs`, or why there is none. */
export async function getText(host: string, port: number, path: string, timeoutMs: number): Promise<HttpText> {
  const read = async (response: Answer) => ({ status: response.status, text: await response.text() });
  const answer = await get(host, port, path, timeoutMs, read);
  return 'reason' in answer ? { ok: false, reason: answer.reason } : { ok: true, ...answer };
}

/** Returns the status and the parsed body of a GET within `timeoutMs`, or why there is none; the value is unchecked. */
export async function getJson(host: string, port: number, path: string, timeoutMs: number): Promise<HttpJson> {
  const answer = await getText(host, port, path, timeoutMs);
  if (!answer.ok) return answer;
  try {
    return { ok: true, status: answer.status, value: JSON.parse(answer.text) as unknown };
  } catch {
    return { ok: false, reason: `HTTP ${answer.status} without JSON` };
  }
}

/** Returns the clock of a server by the Date of its answer to a GET (whole seconds, as Unix ms); null without one. */
export async function getDate(host: string, port: number, path: string, timeoutMs: number): Promise<number | null> {
  const answer = await get(host, port, path, timeoutMs, async ({ headers }) => Date.parse(headers.get('date') ?? ''));
  return typeof answer === 'number' && Number.isFinite(answer) ? answer : null;
}

type Answer = {
  readonly status: number;
  readonly headers: { get(name: string): string | null };
  text(): Promise<string>;
};

async function get<T>(
  host: string,
  port: number,
  path: string,
  timeoutMs: number,
  read: (response: Answer) => Promise<T>,
): Promise<T | { readonly reason: string }> {
  const { default: fetch } = await import('node-fetch');
  const agent = new Agent({ keepAlive: false, lookup: lookupForDial, autoSelectFamily: true });
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), timeoutMs);
  try {
    const url = `http://${host.includes(':') && !host.startsWith('[') ? `[${host}]` : host}:${port}${path}`;
    const limits = { redirect: 'manual', compress: false, size: longestBytes } as const;
    return await read(await fetch(url, { agent, signal: stop.signal, ...limits }));
  } catch (error) {
    return { reason: stop.signal.aborted ? 'timeout' : httpReason(error) };
  } finally {
    clearTimeout(timer);
    // Also where the body was not read: nothing of this question is left behind.
    stop.abort();
    agent.destroy();
  }
}

function httpReason(error: unknown): string {
  const type = typeof error === 'object' && error !== null && 'type' in error ? error.type : null;
  if (type === 'max-size') return 'a body over 8 MiB';
  if (type === 'invalid-url') return 'no valid address';
  return connectReason(error).replace('not a launcher (no HTTP)', 'no HTTP');
}
