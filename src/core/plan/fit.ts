// Do the processes of an engine that spans nodes fit the nodes (design section 2)?
import type { Problem, Warning } from '#core/errors.ts';
import { problem } from '#core/errors.ts';

import type { Decided, Remarks, Sizes } from './launch.ts';
import { noRemarks, sizesOf } from './launch.ts';

/** N nodes of G GPUs. */
type Room = { readonly n: number; readonly g: number };

/** Returns a problem where the processes do not fit, and a warning where GPUs stay idle. */
export function fitRemarks({ fields, decision, identity, facts }: Decided): Remarks {
  const [n, g] = [identity.size, facts.gpus?.count ?? null];
  if (fields === null || n === null || g === null) return noRemarks;
  switch (decision.outcome) {
    case 'mp':
      return spread(sizesOf(fields), { n, g });
    case 'data-parallel':
      return shared(sizesOf(fields), { n, g });
    case 'ray':
      return gathered(sizesOf(fields), { n, g });
    case 'elastic-ep':
      return atStart(sizesOf(fields), g);
    case 'single':
    case 'replicas':
    case null:
      return noRemarks;
  }
}

/** Every node has the same share. */
function spread({ world, dp }: Sizes, { n, g }: Room): Remarks {
  const all = world * dp;
  const text = dp > 1 ? `${world} x ${dp} data-parallel replicas = ${all}` : String(all);
  if (all % n !== 0)
    return refuse(
      `cannot spread ${text} processes over ${n} nodes: it does not divide`,
      'change the sizes or --nnodes',
    );
  const share = all / n;
  if (share > g)
    return refuse(`cannot put ${share} processes on a node of ${g} GPUs: ${text} over ${n} nodes does not fit`, mend);
  return { problems: [], warnings: idle(g - share, `${g} GPUs of each node`) };
}

/** Every node has the same number of whole replicas, as its own server balances them. */
function shared(sizes: Sizes, room: Room): Remarks {
  const { dp } = sizes;
  if (dp % room.n === 0) return spread(sizes, room);
  return refuse(
    `cannot share ${dp} data-parallel replicas among ${room.n} nodes: it does not divide`,
    'change --data-parallel-size or --nnodes',
  );
}

/** Ray places the processes where there is room. */
function gathered({ world }: Sizes, { n, g }: Room): Remarks {
  const all = n * g;
  if (world > all)
    return refuse(`cannot put ${world} processes on ${n} nodes of ${g} GPUs: only ${all} are there`, mend);
  return { problems: [], warnings: idle(all - world, `${all} GPUs of ${n} nodes`) };
}

/** Agents join once the engine is ready, so it starts on the leader's GPUs alone (vLLM 0.31 create_dp_placement_groups). */
function atStart({ world, dp }: Sizes, g: number): Remarks {
  const all = world * dp;
  if (all <= g) return noRemarks;
  const message = `the engine asks for ${all} GPUs and the leader has ${g}: other nodes join only once it is ready, so start with fewer --data-parallel-size and scale up`;
  return { problems: [], warnings: [{ code: 'elastic-start', message }] };
}

const mend = 'change the sizes, --nnodes or --gpus-per-node';

const refuse = (message: string, hint: string): { readonly problems: Problem[]; readonly warnings: Warning[] } => ({
  problems: [problem('config', message, hint)],
  warnings: [],
});

const idle = (count: number, of: string): Warning[] =>
  count === 0 ? [] : [{ code: 'idle-gpus', message: `${count} of the ${of} stay idle: the engine needs no more` }];
