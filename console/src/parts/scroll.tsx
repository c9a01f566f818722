import type { ReactNode } from "react";
import { useText } from "../text/text.js";

/** What may be wider than its place: it is moved with the arrow keys too. */
export function Scroll({ children }: { readonly children: ReactNode }) {
  const text = useText();
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is for fields
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a part that scrolls is reached by the keyboard (WCAG 2.1.1)
    <div className="list-scroll" role="group" aria-label={text("list.table")} tabIndex={0}>
      {children}
    </div>
  );
}
