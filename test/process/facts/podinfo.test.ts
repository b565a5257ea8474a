import { fork } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';

import { describe, expect, onTestFinished, test } from 'vitest';

import { gatherPodinfo } from '#edge/facts/podinfo.ts';

import { atomicWriter } from './atomic-writer.ts';
import { put, tempDir } from './temp-dir.ts';

describe('a downward API volume', () => {
  test('as the kubelet makes it is read under the names that the user knows', async () => {
    const directory = join(await tempDir(), 'podinfo');
    await atomicWriter(directory)({ annotations: 'a="1"', labels: 'b="2"' });
    expect(await gatherPodinfo(directory)).toEqual({
      directory,
      annotations: { path: join(directory, 'annotations'), text: 'a="1"' },
      labels: { path: join(directory, 'labels'), text: 'b="2"' },
    });
  });

  test('made by hand, without ..data, is read too', async () => {
    const directory = await tempDir();
    await put(join(directory, 'annotations'), '');
    expect(await gatherPodinfo(directory)).toEqual({
      directory,
      annotations: { path: join(directory, 'annotations'), text: '' },
      labels: { path: join(directory, 'labels'), missing: 'not there' },
    });
  });

  test('without annotations has labels all the same', async () => {
    const directory = join(await tempDir(), 'podinfo');
    await atomicWriter(directory)({ labels: 'b="2"' });
    expect(await gatherPodinfo(directory)).toMatchObject({
      annotations: { missing: 'not there' },
      labels: { text: 'b="2"' },
    });
  });

  test('that is not there is none', async () => {
    const directory = await tempDir();
    expect(await gatherPodinfo(join(directory, 'none'))).toBeNull();
    const file = await put(join(directory, 'file'), '');
    expect(await gatherPodinfo(join(file, 'below'))).toBeNull();
  });

  test('whose version was deleted is tried again, and then told', async () => {
    const directory = await tempDir();
    await symlink('..gone', join(directory, '..data'));
    const missing = 'it was replaced 3 times while it was read';
    expect(await gatherPodinfo(directory)).toEqual({
      directory,
      annotations: { path: join(directory, 'annotations'), missing },
      labels: { path: join(directory, 'labels'), missing },
    });
  });

  test('with a file that is no file, or too large, says so', async () => {
    const directory = await tempDir();
    await mkdir(join(directory, 'annotations'));
    await put(join(directory, 'labels'), 'x'.repeat(1_048_577));
    expect(await gatherPodinfo(directory)).toMatchObject({
      annotations: { missing: 'it is not a regular file' },
      labels: { missing: 'it is larger than 1048576 bytes' },
    });
  });

  test.skipIf(process.getuid?.() === 0)('that may not be read says so', async () => {
    const directory = await tempDir();
    await chmod(await put(join(directory, 'annotations'), ''), 0o000);
    expect(await gatherPodinfo(directory)).toMatchObject({ annotations: { missing: 'it may not be read (EACCES)' } });
  });

  test('that is swapped again and again while it is read gives both files of one version', async () => {
    const directory = await tempDir();
    for (const name of ['annotations', 'labels']) await symlink(join('..data', name), join(directory, name));
    const writer = fork('test/programs/swaps-podinfo.js', [directory]);
    onTestFinished(() => void writer.kill('SIGKILL'));
    await once(writer, 'message');
    const seen = new Set<string>();
    for (let round = 0; round < 300; round += 1) {
      const podinfo = await gatherPodinfo(directory);
      if (podinfo === null || 'missing' in podinfo.annotations) throw new Error('a version is there all the time');
      expect(podinfo.labels).toMatchObject({ text: podinfo.annotations.text });
      seen.add(podinfo.annotations.text);
    }
    writer.kill('SIGKILL');
    // Nothing may write into a directory that is being removed.
    await once(writer, 'exit');
    expect(seen.size).toBeGreaterThan(10);
  });
});
