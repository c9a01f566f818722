import type { Text, TextKey } from "../text/text.js";

/** A member's name for people: its text where there is one, else the name itself. */
export function labelOf(name: string, text: Text): string {
  const key = `column.${name}`;
  const label = text(key as TextKey);
  return label === key ? name.replaceAll("_", " ") : label;
}
