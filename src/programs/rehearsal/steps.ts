// Steps in which every child of a crew takes part: counted by number, done when the last child has answered, failed by the first that cannot.

type Step = { readonly missing: Set<number>; readonly over: (ok: boolean) => void };

export type Steps = {
  /** Begins a step; resolves to whether all took part. */
  readonly next: () => Promise<boolean>;
  readonly taken: (id: number, by: number, ok: boolean) => void;
  /** Fails every step that is under way. */
  readonly fail: () => void;
};

/** Returns the steps of `size` children; `begin` tells them of one. A step of nobody is done at once. */
export const countSteps = (size: number, begin: (id: number) => void): Steps => {
  const open = new Map<number, Step>();
  let last = 0;
  const finish = (id: number, ok: boolean): void => {
    open.get(id)?.over(ok);
    open.delete(id);
  };
  return {
    next: () =>
      new Promise((over) => {
        if (size === 0) return over(true);
        last += 1;
        open.set(last, { missing: new Set(Array.from({ length: size }, (_, index) => index)), over });
        begin(last);
      }),
    taken: (id, by, ok) => {
      const step = open.get(id);
      step?.missing.delete(by);
      if (!ok || step?.missing.size === 0) finish(id, ok);
    },
    fail: () => {
      for (const id of open.keys()) finish(id, false);
    },
  };
};
