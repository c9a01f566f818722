/**
 * `npm run defects [-- --list] [--only 07,12] [--area money] [--file FILE]`: plants each defect in a copy of the
 * repository, runs the test that has to notice it, and says whether it failed for the predicted reason. Results are
 * kept in the file, and the same command goes on where it was cut off; another commit begins anew. Exits 1 when a
 * defect was not killed. `--check` only says which no longer find the code that they break.
 */
import { parseArgs } from "node:util";
import { DEFECTS } from "./all-defects.js";
import { labelOf, layerOf } from "./defect.js";
import { mistakesOf } from "./mistakes.js";
import { runDefects } from "./run-defects.js";

const { values } = parseArgs({
  options: {
    list: { type: "boolean", default: false },
    check: { type: "boolean", default: false },
    only: { type: "string" },
    area: { type: "string" },
    file: { type: "string", default: ".data/defects.json" },
  },
});

const numbers = values.only?.split(",").map(Number);
const chosen = DEFECTS.filter(
  ({ number, area }) =>
    (numbers === undefined || numbers.includes(number)) &&
    (values.area === undefined || values.area === area),
);
if (values.list) {
  for (const defect of chosen) {
    const { title, area, target } = defect;
    console.log(`${labelOf(defect)} ${area}, ${layerOf(defect)}: ${title} [${target.file}: ${target.test}]`);
  }
} else if (values.check) {
  const stale = chosen.flatMap((defect) =>
    mistakesOf(defect).map((mistake) => `${labelOf(defect)} ${mistake}`),
  );
  for (const line of stale) console.log(line);
  console.log(`${chosen.length} planted defects, ${stale.length} mistakes in them`);
  process.exitCode = stale.length === 0 ? 0 : 1;
} else {
  const areAllKilled = await runDefects(chosen, { file: values.file, say: (line) => console.log(line) });
  process.exitCode = areAllKilled ? 0 : 1;
}
