interface Scripted<Operation> {
  /** `*` is any. */
  readonly operation: Operation | "*";
  /** How many calls it hits; 1 by default. */
  readonly times?: number;
}

export interface ScriptedFaults<Operation, Fault extends Scripted<Operation>> {
  add(fault: Fault): void;
  clear(): void;
  /** Takes the first scripted fault that fits, using up one of its times. */
  take(operation: Operation): Fault | null;
}

export function makeScriptedFaults<Operation, Fault extends Scripted<Operation>>(): ScriptedFaults<
  Operation,
  Fault
> {
  let scripted: { fault: Fault; left: number }[] = [];
  return {
    add: (fault) => {
      scripted.push({ fault, left: fault.times ?? 1 });
    },
    clear: () => {
      scripted = [];
    },
    take: (operation) => {
      const hit = scripted.find(({ fault }) => fault.operation === "*" || fault.operation === operation);
      if (hit === undefined) return null;
      hit.left -= 1;
      if (hit.left <= 0) scripted = scripted.filter((one) => one !== hit);
      return hit.fault;
    },
  };
}
