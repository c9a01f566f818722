import { KINDS, readLevels } from "./setting-kinds.js";
import type { VariableReader } from "./variables.js";

/** What travellers are told by the clock and by usage, and when. */
export function readCare(reader: VariableReader) {
  return {
    lowDataPercents: levelsOf(reader, "CARE_LOW_DATA_PERCENTS", [75, 90], 99),
    daysLeft: levelsOf(reader, "CARE_DAYS_LEFT", [3, 1], 30),
    installAfterHours: reader.integer("CARE_INSTALL_AFTER_HOURS", 24, { min: 1, max: 720 }),
  };
}

/** Without any nothing of this kind is told. */
function levelsOf(
  reader: VariableReader,
  name: string,
  usual: readonly number[],
  max: number,
): readonly number[] {
  if (reader.text(name) === null) return usual;
  const levels = readLevels(reader.list(name).join(","), max);
  if (levels === null)
    reader.problem(name, `must be ${KINDS.levels.rule({ min: 1, max }, false)}, such as ${usual.join(",")}`);
  return levels ?? usual;
}
