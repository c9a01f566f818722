import type { Environment } from "../config/env.js";

type Action =
  | { readonly kind: "kill" }
  | { readonly kind: "throw" }
  | { readonly kind: "sleep"; readonly millis: number };

let armed: ReadonlyMap<string, Action> | undefined;

/**
 * Arms the kill points that TRIBI_FAILPOINTS names: `s6.after_row=kill,s9.after_call_before_store=sleep:30000`.
 * Production never arms any.
 */
export function armFailpoints(environment: Environment): void {
  const text = environment.TRIBI_FAILPOINTS;
  if (text === undefined || environment.ENVIRONMENT === "production") return;
  armed = new Map(
    text.split(",").map((item) => {
      const [name = "", action = ""] = item.split("=");
      return [name.trim(), readAction(action)];
    }),
  );
}

function readAction(text: string): Action {
  const [kind, millis] = text.split(":");
  if (kind === "kill") return { kind };
  if (kind === "sleep") return { kind, millis: Number(millis) };
  return { kind: "throw" };
}

/**
 * A named place where a fault test may kill, stop or fail this process. Costs one comparison when nothing is armed.
 * An armed point fires once.
 */
export async function failpoint(name: string): Promise<void> {
  const action = armed?.get(name);
  if (armed === undefined || action === undefined) return;
  armed = new Map([...armed].filter(([other]) => other !== name));
  if (action.kind === "kill") process.kill(process.pid, "SIGKILL");
  if (action.kind === "throw") throw new Error(`Failpoint ${name}`);
  if (action.kind === "sleep") await new Promise((resolve) => setTimeout(resolve, action.millis));
}
