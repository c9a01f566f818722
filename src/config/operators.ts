import type { VariableReader } from "./variables.js";

/** How people of the team are let in to operators' work (modules/access). */
export function readOperators(reader: VariableReader, isProduction: boolean) {
  const secondFactor = reader.choice(
    "OPERATOR_SECOND_FACTOR",
    ["required", "optional"],
    isProduction ? "required" : "optional",
  );
  return {
    /** Who has a second factor is asked for it in any case. */
    needsFactor: secondFactor === "required",
    idleMinutes: reader.integer("OPERATOR_IDLE_MINUTES", 30, { min: 1, max: 1_440 }),
    sessionMinutes: reader.integer("OPERATOR_SESSION_MINUTES", 720, { min: 5, max: 1_440 }),
    stepUpMinutes: reader.integer("OPERATOR_STEP_UP_MINUTES", 10, { min: 1, max: 60 }),
  };
}
