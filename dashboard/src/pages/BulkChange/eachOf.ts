/** As many requests at once as leave room for the page's own. */
const AT_ONCE = 4;

/** Does `work` for each, a few at a time, in order; no new one begins once `mayGoOn` says no. */
export async function eachOf<Item>(
  items: readonly Item[],
  work: (item: Item) => Promise<void>,
  mayGoOn: () => boolean = () => true,
): Promise<void> {
  const left = [...items];
  const worker = async () => {
    while (mayGoOn()) {
      const item = left.shift();
      if (item === undefined) return;
      await work(item);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}
