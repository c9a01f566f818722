import type { Schemas } from "@tribi/client";
import { bytesText, momentText } from "../text/format.js";
import { useLanguage } from "../text/text.js";

/** How much data is left, as the supplier last said. */
export function Usage({ usage }: { usage: Schemas["Esim"]["usage"] }) {
  const { code, text } = useLanguage();
  if (usage === null) return null;
  const { total_bytes: total, remaining_bytes: left, unit_base: base, as_of: asOf } = usage;
  return (
    <div class="usage">
      <p>
        {text("esim.usage_text", { left: bytesText(left, base, code), total: bytesText(total, base, code) })}
      </p>
      <meter min={0} max={total} low={total * 0.1} value={left} aria-label={text("esim.usage")} />
      <p class="small">{text("esim.usage_of", { time: momentText(asOf, code) })}</p>
    </div>
  );
}
