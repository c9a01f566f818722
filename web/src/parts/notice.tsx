import { TribiError } from "@tribi/client";
import type { ComponentChildren } from "preact";
import { problemText } from "../text/problem-texts.js";
import { type Text, useLanguage } from "../text/text.js";
import { usePage } from "./shop-context.js";

/** Something to know, to be done, or that went wrong. Read out when it appears. */
export function Notice({ kind, children }: { kind: "info" | "good" | "bad"; children: ComponentChildren }) {
  return (
    <div class={`notice ${kind}`} role={kind === "bad" ? "alert" : "status"}>
      {children}
    </div>
  );
}

/** What the store refused, or that it was not reached, with what to do and whom to ask. */
export function Failure({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  const { text } = useLanguage();
  const { shop } = usePage();
  const known = error instanceof TribiError ? error : null;
  const wait = known?.retryAfterSeconds ?? null;
  const said = problemText(error);
  return (
    <Notice kind="bad">
      <p>
        {text(said)}
        {wait !== null && ` ${waitText(wait, text)}`}
      </p>
      {onRetry !== undefined && (
        <button type="button" class="button quiet" onClick={onRetry}>
          {text("app.retry")}
        </button>
      )}
      {known?.requestId != null && (known.status >= 500 || said === "problem.unexpected") && (
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

function waitText(seconds: number, text: Text): string {
  const minutes = Math.ceil(seconds / 60);
  if (seconds < 120) return text("app.wait", { count: seconds });
  return minutes < 120
    ? text("app.wait_minutes", { count: minutes })
    : text("app.wait_hours", { count: Math.ceil(minutes / 60) });
}

export function Busy({ children }: { children: ComponentChildren }) {
  return (
    <p class="busy" role="status">
      <span class="spinner" aria-hidden="true" />
      {children}
    </p>
  );
}
