import { afterEach, describe, expect, it, vi } from 'vitest';

import { readStat } from '#edge/processes/proc.ts';
import { killSessions, ourSessions, settleSessions } from '#edge/processes/sessions.ts';

import { cleanUp, isRunning, start, until } from './family.ts';

afterEach(async () => {
  vi.useRealTimers();
  await cleanUp();
});

const leaveOrphan = async () => {
  const child = await start(['sh', '-c', 'sleep 1000 & echo $!']);
  const orphan = Number(await child.line());
  await child.ended;
  return { session: child.pid, orphan };
};

describe('the session of a child', () => {
  it('is ours while the child lives, and with what it left there', async () => {
    const child = await start(['sleep', '1000']);
    expect(ourSessions([]).has(child.pid)).toBe(true);
    const { session } = await leaveOrphan();
    expect(ourSessions([]).has(session)).toBe(true);
  });

  it('is killed as a whole, whoever of it was seen', async () => {
    const { orphan } = await leaveOrphan();
    const child = await start(['sh', '-c', 'trap "" TERM; sleep 1000 & echo; wait']);
    await child.line();
    killSessions();
    expect(await child.ended).toEqual([null, 'SIGKILL']);
    await until(() => !isRunning(orphan) || readStat(orphan)?.state === 'Z');
  });

  it('is forgotten when a look finds nobody in it and the kernel knows of nobody', async () => {
    const child = await start(['true']);
    await child.ended;
    expect(ourSessions([]).has(child.pid)).toBe(true);
    settleSessions(new Set([child.pid]), []);
    expect(ourSessions([]).has(child.pid)).toBe(false);
  });

  it('stays ours when a look missed who is in it', async () => {
    const { session } = await leaveOrphan();
    settleSessions(new Set([session]), []);
    expect(ourSessions([]).has(session)).toBe(true);
  });

  it('is no longer believed to be ours when its leader is gone and nobody looked for long', async () => {
    const [kept, lost] = [await leaveOrphan(), await leaveOrphan()];
    const member = readStat(kept.orphan)!;
    // The faked clock begins at 0.
    const realMs = Number(process.hrtime.bigint()) / 1e6;
    vi.useFakeTimers({ toFake: ['hrtime'] });
    vi.advanceTimersByTime(Math.ceil(realMs) + 60_000);
    const sessions = ourSessions([member]);
    expect([sessions.has(kept.session), sessions.has(lost.session)]).toEqual([true, false]);
    vi.useRealTimers();
    process.kill(lost.orphan, 'SIGKILL');
  });
});
