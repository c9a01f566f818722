import type { VariableReader } from "./variables.js";

/** What travellers are told by the clock and by usage, and when. */
export function readCare(reader: VariableReader) {
  return {
    lowDataPercents: readLevels(reader, "CARE_LOW_DATA_PERCENTS", [75, 90], 99),
    daysLeft: readLevels(reader, "CARE_DAYS_LEFT", [3, 1], 30),
    installAfterHours: reader.integer("CARE_INSTALL_AFTER_HOURS", 24, { min: 1, max: 720 }),
  };
}

const LEVELS_MAX = 5;

/** Without any nothing of this kind is told. */
function readLevels(
  reader: VariableReader,
  name: string,
  usual: readonly number[],
  max: number,
): readonly number[] {
  if (reader.text(name) === null) return usual;
  const items = reader.list(name);
  if (items.length === 1 && items[0] === "none") return [];
  const levels = items.map(Number);
  const isFine =
    items.every((item) => /^\d{1,2}$/.test(item)) && levels.every((one) => one >= 1 && one <= max);
  if (!isFine || levels.length === 0 || levels.length > LEVELS_MAX || new Set(levels).size < levels.length) {
    reader.problem(
      name,
      `must be 1 to ${LEVELS_MAX} different whole numbers from 1 to ${max}, such as ${usual.join(",")}, or none`,
    );
    return usual;
  }
  return levels;
}
