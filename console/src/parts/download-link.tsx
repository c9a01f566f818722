import { Anchor, type AnchorProps } from "@mantine/core";
import type { AnswerOf } from "@tribi/client";
import type { MouseEvent, ReactNode } from "react";
import { read } from "../api/store.js";
import { stepUp } from "../session/step-up.js";

/** Exports with people's data in them: the shop asks for the second factor again before it sends one. */
const ASKED_AGAIN = /^\/admin\/(users|orders|esims|mails|audit-log)\/export\b/;

async function isAllowed(): Promise<boolean> {
  const factor = await read<AnswerOf<"getSecondFactor">>("/admin/second-factor");
  return !factor.is_set_up || factor.is_fresh || stepUp();
}

function download(href: string): void {
  const link = document.createElement("a");
  link.href = href;
  link.download = "";
  link.click();
}

/** A file that the browser fetches by itself, so a refusal would be what it saves: what is needed is asked before. */
export function DownloadLink({
  href,
  children,
  ...rest
}: AnchorProps & { readonly href: string; readonly children: ReactNode }) {
  const askFirst = (event: MouseEvent): void => {
    event.preventDefault();
    // What cannot be asked is left to the shop, which refuses by itself.
    isAllowed().then(
      (may) => may && download(href),
      () => download(href),
    );
  };
  return (
    <Anchor href={href} download {...(ASKED_AGAIN.test(href) ? { onClick: askFirst } : {})} {...rest}>
      {children}
    </Anchor>
  );
}
