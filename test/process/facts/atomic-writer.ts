import { mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The kubelet's AtomicWriter: each version in a directory of its own, `..data` swapped by rename, the old version deleted. */
export function atomicWriter(directory: string) {
  let current: string | null = null;
  let count = 0;
  return async (files: Readonly<Record<string, string>>): Promise<void> => {
    count += 1;
    const version = `..2026_11_21_10_00_00.${count}`;
    await mkdir(join(directory, version), { recursive: true });
    for (const [name, text] of Object.entries(files)) await writeFile(join(directory, version, name), text);
    await symlink(version, join(directory, '..data_tmp'));
    await rename(join(directory, '..data_tmp'), join(directory, '..data'));
    if (current === null)
      for (const name of Object.keys(files)) await symlink(join('..data', name), join(directory, name));
    if (current !== null) await rm(join(directory, current), { recursive: true });
    current = version;
  };
}
