import { TribiError } from "@tribi/client";
import type { ComponentChildren } from "preact";
import { useLanguage } from "../text/text.js";
import { usePage } from "./shop-context.js";

/** Something to know, to be done, or that went wrong. Read out when it appears. */
export function Notice({ kind, children }: { kind: "info" | "good" | "bad"; children: ComponentChildren }) {
  return (
    <div class={`notice ${kind}`} role={kind === "bad" ? "alert" : "status"}>
      {children}
    </div>
  );
}

/** What the store said, or that it was not reached, with what to do and whom to ask. */
export function Failure({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  const { text } = useLanguage();
  const { shop } = usePage();
  const known = error instanceof TribiError ? error : null;
  const wait = known?.retryAfterSeconds ?? null;
  return (
    <Notice kind="bad">
      <p>
        {known !== null && known.status > 0
          ? text("app.failed", { detail: known.detail })
          : text("app.unreachable")}
        {wait !== null && ` ${text("app.wait", { count: wait })}`}
      </p>
      {onRetry !== undefined && (
        <button type="button" class="button quiet" onClick={onRetry}>
          {text("app.retry")}
        </button>
      )}
      {known?.requestId != null && known.status >= 500 && (
        <p class="small">
          {text("app.reference", { id: known.requestId })}
          {shop.supportEmail !== null && (
            <>
              {" · "}
              <a href={`mailto:${shop.supportEmail}`}>{text("foot.contact")}</a>
            </>
          )}
        </p>
      )}
    </Notice>
  );
}

export function Busy({ children }: { children: ComponentChildren }) {
  return (
    <p class="busy" role="status">
      <span class="spinner" aria-hidden="true" />
      {children}
    </p>
  );
}
