/** Runs what it is given, at most `most` at a time and the rest in their order. */
export function fewAtOnce(most: number) {
  const waiting: (() => void)[] = [];
  let running = 0;
  const turn = () => new Promise<void>((go) => waiting.push(go));
  return async function inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    if (running >= most) await turn();
    else running += 1;
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next === undefined) running -= 1;
      else next();
    }
  };
}
