/** Few enough that the first of them does not wait long for the others' rows. */
const GROUP_MAX = 50;

/**
 * One statement does for many callers what each would have one of their own for: those of one turn of the event loop,
 * and those that come while an earlier one is under way. Whoever is alone runs alone, and nothing waits for company.
 * `run` returns one result for each item, in their order. A group that fails is run item by item, so that one of them
 * fails for itself alone: `run` must stand to be repeated.
 */
export function groupRuns<Item, Result>(
  run: (items: readonly Item[]) => Promise<readonly Result[]>,
): (item: Item) => Promise<Result> {
  interface Caller {
    readonly item: Item;
    readonly resolve: (result: Result) => void;
    readonly reject: (error: unknown) => void;
  }
  const waiting: Caller[] = [];
  let isRunning = false;
  const runGroup = async (group: readonly Caller[]): Promise<void> => {
    try {
      const results = await run(group.map(({ item }) => item));
      for (const [index, caller] of group.entries()) caller.resolve(results[index] as Result);
    } catch (error) {
      if (group.length === 1) return group[0]?.reject(error);
      for (const caller of group) await runGroup([caller]);
    }
  };
  const runAll = async (): Promise<void> => {
    while (waiting.length > 0) await runGroup(waiting.splice(0, GROUP_MAX));
    isRunning = false;
  };
  return (item) =>
    new Promise((resolve, reject) => {
      waiting.push({ item, resolve, reject });
      if (isRunning) return;
      isRunning = true;
      setImmediate(() => void runAll());
    });
}
