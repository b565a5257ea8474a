import { getJson } from '#edge/network/http.ts';
import type { ReadNodes } from '#upstream/ray/read-nodes.ts';
import { readRestNodes, restNodesPath } from '#upstream/ray/rest.ts';

/** Returns the nodes as Ray's dashboard (8265) tells them within `timeoutMs`, or why not; it takes no token from us. */
export async function askDashboard(host: string, port: number, timeoutMs: number): Promise<ReadNodes> {
  const answer = await getJson(host, port, restNodesPath, timeoutMs);
  if (!answer.ok) return answer;
  if (answer.status !== 200) return { ok: false, reason: `HTTP ${answer.status}` };
  return readRestNodes(answer.value);
}
