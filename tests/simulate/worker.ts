/** A process that plays batches: its clock and its chance are the simulator's. Started by run.ts. */
import { openArena } from "./batch.js";
import type { Order, Report, WorkerOptions } from "./protocol.js";
import { START_MICROS, takeOverTimeAndChance, virtualMicros } from "./virtual-time.js";

const options = JSON.parse(process.argv[2] ?? "{}") as WorkerOptions;
const report = (what: Report): void => void process.send?.(what);

async function main(): Promise<void> {
  takeOverTimeAndChance(() => 0);
  const arena = await openArena(options);
  process.on("message", (order: Order) => {
    if (order.kind === "end") {
      process.off("disconnect", orphaned);
      return void arena.close().then(() => process.disconnect());
    }
    const showing = options.showsSteps
      ? { onStep: (line: string) => process.stderr.write(`${clockText()} ${line}\n`) }
      : {};
    arena
      .play({ ...order.plan, ...showing } as never)
      .then((outcome) => report({ kind: "played", outcome }), broken);
  });
  process.on("disconnect", orphaned);
  report({ kind: "ready", edgesKnown: arena.edgesKnown });
}
/** Who counts was killed: nobody else would end what it had started. */
function orphaned(): void {
  try {
    if (options.postmaster !== undefined) process.kill(options.postmaster, "SIGQUIT");
  } finally {
    process.exit(1);
  }
}

/** `9d 04:12:59`: how far the simulated world is. */
function clockText(): string {
  const seconds = Math.floor((virtualMicros() - START_MICROS) / 1_000_000);
  return `${Math.floor(seconds / 86_400)}d ${new Date((seconds % 86_400) * 1_000).toISOString().slice(11, 19)}`;
}
const broken = (error: unknown): void =>
  report({ kind: "broken", error: error instanceof Error ? (error.stack ?? error.message) : String(error) });

main().catch(broken);
