import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { type Defect, MARK } from "./defect.js";

/** The file's text with the defect in it. Throws when what is to be replaced does not stand there exactly once. */
export function withDefect(text: string, { from, to, file }: Defect["edits"][number], mark: string): string {
  const times = text.split(from).length - 1;
  if (times !== 1) throw new Error(`${file} contains this ${times} times and not once:\n${from}`);
  return text.replace(from, () => to.replaceAll(MARK, mark));
}

/** What stands for MARK: it leaves a file behind when it runs, in whichever process that is. */
export function markFor(file: string, markFile: string): string {
  if (file.endsWith(".sql")) return `copy (select 1) to '${markFile}';`;
  const write = `process.getBuiltinModule("node:fs").writeFileSync(${JSON.stringify(markFile)}, "")`;
  return `((globalThis as { marked?: unknown }).marked ??= [${write}])`;
}

/** Plants the defect into a copy of the repository; returns what restores it. */
export async function plantDefect(
  folder: string,
  defect: Defect,
  markFile: string,
): Promise<() => Promise<void>> {
  const originals = new Map<string, string>();
  for (const edit of defect.edits) {
    const file = path.join(folder, edit.file);
    const text = await readFile(file, "utf8");
    if (!originals.has(file)) originals.set(file, text);
    await writeFile(file, withDefect(text, edit, markFor(edit.file, markFile)));
  }
  return async () => {
    for (const [file, text] of originals) await writeFile(file, text);
  };
}
