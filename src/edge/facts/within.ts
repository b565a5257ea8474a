// No source of facts may hold up the start: a hung mount or a silent resolver costs its bound and no more.

/** Resolves to the promise's value, or to `late` where it is not there within the bound (in ms); a rejection passes through. */
export async function within<T>(boundMs: number, promise: Promise<T>, late: T): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const bound = new Promise<T>((resolve) => {
    timer = setTimeout(() => resolve(late), boundMs);
  });
  return Promise.race([promise, bound]).finally(() => clearTimeout(timer));
}
