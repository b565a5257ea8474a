import { spawnSync } from 'node:child_process';

import { beforeAll, describe, expect, it } from 'vitest';

import { bundle } from '../bundle.ts';

let program = '';
beforeAll(() => {
  program = bundle('sweep.ts');
});

// The daemon's parent has ended before anybody looked: only who adopts it can lead to it.
const leavesDaemons = 'sh -c "setsid sleep 1000 & setsid setsid sleep 1001 & sleep 1002 &"; sleep 0.2';
const hopsAway = 'sh test/programs/hop.sh 3000 setsid; sleep 0.1';

const run = (command: string, ...args: readonly string[]) => {
  const { stdout, stderr } = spawnSync(command, args, { encoding: 'utf8', timeout: 25_000 });
  return { lines: stdout.trim().split('\n'), stderr };
};

const mayUnshare = spawnSync('unshare', ['--pid', '--fork', 'true']).status === 0;

describe('a daemon in a session of its own', () => {
  it('is found and killed where our parent adopts orphans, as tini does', () => {
    const { lines, stderr } = run('python3', 'test/programs/adopt.py', process.execPath, program, leavesDaemons);
    expect(stderr).toBe('');
    expect(JSON.parse(lines[0]!).sort()).toEqual(['sleep 1000', 'sleep 1001', 'sleep 1002']);
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
    expect(JSON.parse(lines[0]!).sort()).toEqual(['sleep 1000', 'sleep 1001', 'sleep 1002']);
    expect(lines[1]).toBe('0');
  });

  it('is caught below one who adopts even if it starts itself anew in a new session all the time', () => {
    const { lines } = run('python3', 'test/programs/adopt.py', process.execPath, program, hopsAway);
    expect(lines.at(-1)).toBe('0');
    const left = spawnSync('pgrep', ['-f', 'hop.sh 3000|hop.sh [0-9]+ setsid'], { encoding: 'utf8' });
    expect(left.stdout).toBe('');
  });
});
