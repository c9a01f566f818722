import { existsSync, readFileSync } from "node:fs";
import { type Defect, MARK } from "./defect.js";
import { withDefect } from "./plant-defect.js";

/** What a change of the code or of a test has made wrong in a defect's definition, in words; empty when nothing is. */
export function mistakesOf({ edits, target }: Defect): string[] {
  return [...mistakesOfEdits(edits), ...mistakesOfTarget(target)];
}

function mistakesOfEdits(edits: Defect["edits"]): string[] {
  const texts = new Map<string, string>();
  const mistakes: string[] = [];
  for (const edit of edits) {
    try {
      const before = texts.get(edit.file) ?? readFileSync(edit.file, "utf8");
      const after = withDefect(before, edit, "marked()");
      if (after === before) mistakes.push(`${edit.file}: nothing is changed by this:\n${edit.from}`);
      texts.set(edit.file, after);
    } catch (error) {
      mistakes.push((error as Error).message);
    }
  }
  if (!edits.some(({ to }) => to.includes(MARK))) mistakes.push(`no line says by ${MARK} that it ran`);
  return mistakes;
}

/** A title with a hole in which the case of a table stands. */
const TITLE_OF_CASES = /(["'`])((?:(?!\1).)*(?:%[sj]|\$\w+)(?:(?!\1).)*)\1/g;

function mistakesOfTarget({ file, test }: Defect["target"]): string[] {
  const text = existsSync(file) ? readFileSync(file, "utf8") : "";
  if (text.includes(test)) return [];
  const isCase = [...text.matchAll(TITLE_OF_CASES)].some(([, , title = ""]) =>
    new RegExp(
      `^${title
        .split(/%[sj]|\$\w+/)
        .map(escaped)
        .join("[\\s\\S]+")}$`,
    ).test(test),
  );
  return isCase ? [] : [`${file} has no test "${test}"`];
}

export const escaped = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");
