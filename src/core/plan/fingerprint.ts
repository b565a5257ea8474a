// What all members must agree on before an engine starts: nothing in vLLM compares it (vllm.md 1.1).
import { maskWords, namesSecret, reveal } from '#core/secret.ts';

import type { Decided } from './launch.ts';
import { usesRay } from './launch.ts';
import type { FingerprintField } from './plan.ts';
import { authMode } from './ray-auth.ts';

// These differ from node to node by right.
const perNode =
  /^(VLLM_HOST_IP|VLLM_PORT|VLLM_NIXL_SIDE_CHANNEL_(HOST|PORT)|VLLM_CPU_OMP_THREADS_BIND|NCCL_SOCKET_IFNAME|NCCL_IB_HCA|NCCL_HOSTID|VLLM_DP_RANK(_LOCAL)?|VLLM_.*(CACHE|DIR|PATH|ROOT))$/;
const perRank = ['nodeRank', 'headless', 'dataParallelRank', 'dataParallelStartRank', 'host'] as const;
const compared = /^(VLLM|NCCL)_[A-Z0-9_]+$/;
const most = 40;

/** Returns the fields of this member; a value that may hold a secret is compared by digest only. */
export function fingerprint(launch: Decided): FingerprintField[] {
  const { facts, decision, identity } = launch;
  const show = (field: string, value: string): FingerprintField => ({ field, value, shown: true });
  const fields = [
    show('outcome', decision.outcome ?? 'none'),
    show('leader', identity.leader?.host ?? 'none'),
    commandField(launch),
    show('vllm version', facts.vllm?.version ?? 'unknown'),
    show('dynamo version', facts.dynamo?.version ?? 'none'),
    show('ray version', facts.ray?.version ?? 'none'),
    show('gpus per node', String(facts.gpus?.count ?? 'unknown')),
    show('gpu model', facts.gpus?.model ?? 'unknown'),
    show('gpu driver', facts.gpus?.driver ?? 'unknown'),
  ];
  return [...fields, ...rayFields(launch), ...variables(facts.env)];
}

/** Ray itself compares the versions of Ray and Python, and neither the mode nor the token (ray.md 1, 10). */
function rayFields(launch: Decided): FingerprintField[] {
  if (!usesRay(launch)) return [];
  const { facts, options } = launch;
  const mode = authMode(launch);
  const token = mode === 'token' && facts.rayToken !== null && 'value' in facts.rayToken ? facts.rayToken.value : null;
  return [
    { field: 'python version', value: facts.python ?? 'unknown', shown: true },
    { field: 'ray port', value: String(options['ray-port']), shown: true },
    { field: 'ray auth mode', value: mode, shown: true },
    ...(token === null ? [] : [{ field: 'ray token', value: reveal(token), shown: false }]),
  ];
}

function commandField({ command, fields }: Decided): FingerprintField {
  const words = perRank.reduce((rest, name) => without(rest, fields?.[name].word ?? null), command);
  const value = JSON.stringify(words);
  return { field: 'command', value, shown: JSON.stringify(maskWords(words)) === value };
}

/** Leaves out the last run of words that reads like this; what a file or a variable said is not among them. */
function without(words: readonly string[], said: string | null): readonly string[] {
  for (let at = words.length - 1; at >= 0; at--) {
    for (const count of [1, 2]) {
      if (words.slice(at, at + count).join(' ') === said) return words.toSpliced(at, count);
    }
  }
  return words;
}

function variables(env: Readonly<Record<string, string>>): FingerprintField[] {
  return Object.entries(env)
    .filter(([name, value]) => compared.test(name) && !perNode.test(name) && !value.includes('://'))
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .slice(0, most)
    .map(([name, value]) => ({ field: name, value, shown: !namesSecret(name) }));
}
