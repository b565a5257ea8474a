import { chmod, mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';

import { describe, expect, test } from 'vitest';

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
    const directory = join(await tempDir(), 'podinfo');
    const write = atomicWriter(directory);
    let version = 0;
    const next = (): Promise<void> => write({ annotations: `v="${(version += 1)}"`, labels: `v="${version}"` });
    await next();
    let reading = true;
    const writing = (async () => {
      while (reading) await next();
    })();
    const seen = new Set<string>();
    for (let round = 0; round < 200; round += 1) {
      const podinfo = await gatherPodinfo(directory);
      if (podinfo === null) throw new Error('the directory is there all the time');
      const { annotations, labels } = podinfo;
      if ('missing' in annotations || 'missing' in labels) {
        // Swapped faster than it can be read, three times in a row: told as such, for both files alike.
        expect(annotations).toMatchObject({ missing: expect.stringContaining('replaced 3 times') });
        expect(labels).toMatchObject({ missing: expect.stringContaining('replaced 3 times') });
        continue;
      }
      expect(labels.text).toBe(annotations.text);
      seen.add(annotations.text);
    }
    reading = false;
    await writing;
    expect(seen.size).toBeGreaterThan(1);
  });
});
