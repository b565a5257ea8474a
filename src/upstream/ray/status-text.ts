// What Ray's own program says of its cluster, where its GCS is not as we know it: `ray status`, for people, the same in
// Ray 2.48.0 and 2.60.0 as far as we read it (autoscaler/_private/util.py format_info_string, v2/utils.py
// ClusterStatusFormatter). Its figures are those of the last report, about 5 s old, and name no addresses.
export type RayCount = { readonly nodes: number; readonly gpus: number };

export type ReadStatus =
  { readonly kind: 'answered'; readonly answer: RayCount } | { readonly kind: 'unreadable'; readonly reason: string };

/** Returns the words that ask for the status; `gcs` is HOST:PORT of the head. */
export const statusWords = (program: string, gcs: string): string[] => [program, 'status', `--address=${gcs}`];

/** Returns how many nodes live and how many GPUs they have in all, or why a text does not tell. */
export function readStatus(text: string): ReadStatus {
  const lines = text.split(/\r?\n/);
  const active = sectionOf(lines, 'Active:');
  if (active === null) return unreadable(text.includes('No cluster status') ? 'it has no figures yet' : 'no "Active:"');
  const usage = sectionOf(lines, 'Total Usage:');
  if (usage === null) return unreadable('no "Total Usage:"');
  // Where idle nodes stand apart they are none of the active ones.
  const nodes = countNodes([...active, ...(sectionOf(lines, 'Idle:') ?? [])]);
  const gpus = countGpus(usage);
  if (nodes === null || gpus === null) return unreadable(`no number of ${nodes === null ? 'nodes' : 'GPUs'}`);
  return { kind: 'answered', answer: { nodes, gpus } };
}

const unreadable = (reason: string): ReadStatus => ({ kind: 'unreadable', reason });

// A section is its head and the indented lines below it; of two the first, for what follows the report is free text.
function sectionOf(lines: readonly string[], head: string): readonly string[] | null {
  const at = lines.indexOf(head);
  if (at === -1) return null;
  const rest = lines.slice(at + 1);
  const end = rest.findIndex((line) => !line.startsWith(' '));
  return end === -1 ? rest : rest.slice(0, end);
}

// ` 3 node_type`, or ` (no active nodes)`.
function countNodes(lines: readonly string[]): number | null {
  const counts = lines.filter((line) => !line.startsWith(' (no ')).map((line) => /^ (\d{1,6}) \S/.exec(line)?.[1]);
  if (lines.length === 0 || counts.includes(undefined)) return null;
  return counts.reduce((sum, count) => sum + Number(count), 0);
}

// ` 0.0/8.0 GPU`, ` 4.0/8.0 GPU (4.0 used of 4.0 reserved in placement groups)`; without GPUs no such line.
function countGpus(lines: readonly string[]): number | null {
  const line = lines.find((each) => /^ \S+ GPU\b/.test(each));
  if (line === undefined) return lines.some((each) => /^ \S+\/\S+ \S/.test(each)) ? 0 : null;
  const [, total] = /^ [\d.]{1,20}\/(\d{1,9}(?:\.\d{1,9})?) GPU(?: |$)/.exec(line) ?? [];
  return total === undefined ? null : Number(total);
}
