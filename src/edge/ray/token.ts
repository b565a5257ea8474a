import { open } from 'node:fs/promises';
import { join } from 'node:path';

import type { Secret } from '#core/secret.ts';
import { secret } from '#core/secret.ts';

// Ray's own token, from the places where Ray looks (2.60 src/ray/rpc/authentication): variable, file of a variable, home.
const mostBytes = 4_096;

type Env = Readonly<Record<string, string>>;

/** Returns the token that Ray's processes with this environment use, or null where token mode is off or there is none. */
export async function readRayToken(env: Env): Promise<Secret | null> {
  if (env['RAY_AUTH_MODE']?.toLowerCase() !== 'token') return null;
  const given = env['RAY_AUTH_TOKEN'] ?? '';
  const text = given === '' ? await readFirst(pathOf(env)) : given;
  return text.trim() === '' ? null : secret(text.trim());
}

const pathOf = (env: Env): string => env['RAY_AUTH_TOKEN_PATH'] ?? join(env['HOME'] ?? '/', '.ray', 'auth_token');

// A file that cannot be read is no token: what Ray answers then says so.
async function readFirst(path: string): Promise<string> {
  const file = await open(path).catch(() => null);
  if (file === null) return '';
  try {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(mostBytes), 0, mostBytes, 0);
    return buffer.toString('utf8', 0, bytesRead);
  } finally {
    await file.close();
  }
}
