/** A process that plays batches: its clock and its chance are the simulator's. Started by run.ts. */
import { openArena } from "./batch.js";
import type { Order, Report, WorkerOptions } from "./protocol.js";
import { takeOverTimeAndChance } from "./virtual-time.js";

const options = JSON.parse(process.argv[2] ?? "{}") as WorkerOptions;
const report = (what: Report): void => void process.send?.(what);

async function main(): Promise<void> {
  takeOverTimeAndChance(() => 0);
  const arena = await openArena(options);
  process.on("message", (order: Order) => {
    if (order.kind === "end") return void arena.close().then(() => process.disconnect());
    const showing = options.showsSteps ? { onStep: (line: string) => process.stderr.write(`${line}\n`) } : {};
    arena
      .play({ ...order.plan, ...showing } as never)
      .then((outcome) => report({ kind: "played", outcome }), broken);
  });
  report({ kind: "ready", edgesKnown: arena.edgesKnown });
}
const broken = (error: unknown): void =>
  report({ kind: "broken", error: error instanceof Error ? (error.stack ?? error.message) : String(error) });

main().catch(broken);
