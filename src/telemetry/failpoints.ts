import { readFileSync, rmSync } from "node:fs";
import type { Environment } from "../config/env.js";

type Action =
  | { readonly kind: "kill" }
  | { readonly kind: "throw" }
  | { readonly kind: "stop" }
  | { readonly kind: "sleep"; readonly millis: number };

let armed: ReadonlyMap<string, Action> | undefined;
let armedFile: string | undefined;

/**
 * Arms the kill points that TRIBI_FAILPOINTS names: `s6.after_row=kill,s9.after_call_before_store=sleep:30000`. With
 * `@FILE` they are read from that file at every point, and the file is removed by the point that fires: so a test arms
 * a process while it runs. Production never arms any.
 */
export function armFailpoints(environment: Environment): void {
  const text = environment.TRIBI_FAILPOINTS;
  if (text === undefined || environment.ENVIRONMENT === "production") return;
  if (text.startsWith("@")) armedFile = text.slice(1);
  else armed = parse(text);
}

function parse(text: string): ReadonlyMap<string, Action> {
  return new Map(
    text.split(",").map((item) => {
      const [name = "", action = ""] = item.trim().split("=");
      return [name, readAction(action)];
    }),
  );
}

function readAction(text: string): Action {
  const [kind, millis] = text.split(":");
  if (kind === "kill" || kind === "stop") return { kind };
  if (kind === "sleep") return { kind, millis: Number(millis) };
  return { kind: "throw" };
}

/**
 * A named place where a fault test may kill, stop or fail this process. Costs one comparison when nothing is armed.
 * An armed point fires once.
 */
export async function failpoint(name: string): Promise<void> {
  if (armedFile !== undefined) armed = readFile(armedFile);
  const action = armed?.get(name);
  if (armed === undefined || action === undefined) return;
  armed = new Map([...armed].filter(([other]) => other !== name));
  if (armedFile !== undefined) rmSync(armedFile, { force: true });
  if (action.kind === "kill") process.kill(process.pid, "SIGKILL");
  // Frozen as a whole, with its connections and locks, until somebody sends SIGCONT.
  if (action.kind === "stop") process.kill(process.pid, "SIGSTOP");
  if (action.kind === "throw") throw new Error(`Failpoint ${name}`);
  if (action.kind === "sleep") await new Promise((resolve) => setTimeout(resolve, action.millis));
}

function readFile(file: string): ReadonlyMap<string, Action> | undefined {
  try {
    return parse(readFileSync(file, "utf8"));
  } catch {
    return undefined;
  }
}
