// What NVIDIA's variables and programs say about the GPUs of a container (CUDA C Programming Guide, environment variables).

/**
 * Returns how many devices CUDA_VISIBLE_DEVICES leaves visible: none where it is empty, and those before the first entry that
 * names none (such as -1, or an index beyond `devices` where their number is known).
 */
export function countVisible(value: string, devices: number | null): number {
  const entries = value.split(',').map((entry) => entry.trim());
  const stray = entries.findIndex((entry) => !namesDevice(entry, devices));
  const visible = stray === -1 ? entries : entries.slice(0, stray);
  // CUDA shows no device at all where one is named twice.
  return new Set(visible).size === visible.length ? visible.length : 0;
}

const namesDevice = (entry: string, devices: number | null): boolean =>
  /^\d+$/.test(entry) ? devices === null || Number(entry) < devices : /^(?:GPU|MIG)-[\da-f][\da-f/-]*$/i.test(entry);

/** Tells whether NVIDIA_VISIBLE_DEVICES says that the container has no GPU; with CDI it may be `void` all the same. */
export const saysNoDevice = (value: string): boolean => ['void', 'none', ''].includes(value.trim());

/** Tells whether an entry of /dev is a GPU. */
export const isDeviceNode = (name: string): boolean => /^nvidia\d+$/.test(name);

/** What `nvidia-smi --query-gpu=name,driver_version --format=csv,noheader` is asked. */
export const smiQuery = ['--query-gpu=name,driver_version', '--format=csv,noheader'] as const;

export type GpuModel = { readonly model: string | null; readonly driver: string | null };

// A GPU that is sick has such words in its cells (gpu.md section 3).
const noValue = /^$|^\[|^(?:n\/a|err!)$/i;

/** Returns the models of all rows (each once) and the driver; lines that are no rows are messages and skipped. */
export function parseSmi(output: string): GpuModel {
  const rows = output
    .split('\n')
    .map((line) => line.split(', ').map((cell) => cell.trim()))
    .filter((cells) => cells.length === 2);
  const column = (index: number): string[] => [
    ...new Set(rows.map((cells) => cells[index] ?? '').filter((cell) => !noValue.test(cell))),
  ];
  const [models, drivers] = [column(0), column(1)];
  return { model: models.length === 0 ? null : models.join(', '), driver: drivers[0] ?? null };
}
