import { spawnSync } from 'node:child_process';

import { beforeAll, describe, expect, it } from 'vitest';

import { bundle } from '../bundle.ts';

let program = '';
let loseReaper = '';
beforeAll(() => {
  program = bundle('sweep.ts');
  loseReaper = bundle('lose-reaper.ts');
});

// The daemon's parent has ended before anybody looked: only who adopts it can lead to it.
const leavesDaemons = `(
  setsid sh -c "echo; exec sleep 1000" & setsid setsid sh -c "echo; exec sleep 1001" & sh -c "echo; exec sleep 1002" &
) | head -n 3 >/dev/null`;
const hopsAway = 'python3 test/programs/hop.py 12 2 setsid | head -n 5 >/dev/null';

const run = (command: string, ...args: readonly string[]) => {
  const { stdout, stderr } = spawnSync(command, args, { encoding: 'utf8', timeout: 25_000 });
  return { lines: stdout.trim().split('\n'), stderr };
};

const mayUnshare = spawnSync('unshare', ['--pid', '--fork', 'true']).status === 0;

describe('a daemon in a session of its own', () => {
  it('is found and killed where our parent adopts orphans, as tini does', () => {
    const { lines, stderr } = run('python3', 'test/programs/adopt.py', process.execPath, program, leavesDaemons);
    expect(stderr).toBe('');
    for (const sleep of ['sleep 1000', 'sleep 1001', 'sleep 1002']) expect(lines[0]).toContain(sleep);
    expect(JSON.parse(lines[0]!)).toHaveLength(3);
    expect(lines[1]).toBe('0');
  });

  it.runIf(mayUnshare || process.env['CI'] === 'true')('is found and killed where we are the first process', () => {
    const { lines, stderr } = run(
      'unshare',
      '--pid',
      '--fork',
      '--mount-proc',
      process.execPath,
      program,
      leavesDaemons,
    );
    expect(stderr).toBe('');
    for (const sleep of ['sleep 1000', 'sleep 1001', 'sleep 1002']) expect(lines[0]).toContain(sleep);
    expect(JSON.parse(lines[0]!)).toHaveLength(3);
    expect(lines[1]).toBe('0');
  });

  it('is caught below one who adopts even if it starts itself anew in a new session all the time', () => {
    const { lines } = run('python3', 'test/programs/adopt.py', process.execPath, program, hopsAway);
    expect(lines.at(-1)).toBe('0');
    const isHopping = () => spawnSync('pgrep', ['-f', 'hop.py 12 2 setsid']).status === 0;
    for (let look = 0; look < 10; look += 1) expect(isHopping()).toBe(false);
  });
});

describe('the pid of one who adopted orphans for us', () => {
  it.runIf(mayUnshare || process.env['CI'] === 'true')(
    'means nothing once it has ended and belongs to a stranger',
    () => {
      const script = 'python3 test/programs/adopt.py "$1" "$2" 2>&1 | cat';
      const args = ['--pid', '--fork', '--mount-proc', 'sh', '-c', script, 'sh', process.execPath, loseReaper];
      expect(run('unshare', ...args).lines).toEqual(['["sleep 1000"]']);
    },
  );
});
