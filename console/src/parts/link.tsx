import { useRouter } from "@tanstack/react-router";
import type { AnchorHTMLAttributes, MouseEvent, Ref } from "react";

export interface LinkProps extends Omit<AnchorHTMLAttributes<HTMLAnchorElement>, "href"> {
  /** An address within the console, such as /orders/7?status=paid. */
  readonly to: string;
  readonly ref?: Ref<HTMLAnchorElement>;
}

const isPlain = (event: MouseEvent): boolean =>
  event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;

/** A link within the console, by its address alone: lists and search results know no more. */
export function Link({ to, onClick, ...rest }: LinkProps) {
  const router = useRouter();
  const href = `/console${to === "/" ? "" : to}`;
  return (
    <a
      {...rest}
      href={href}
      onClick={(event) => {
        onClick?.(event);
        if (event.defaultPrevented || !isPlain(event) || rest.target === "_blank") return;
        event.preventDefault();
        router.history.push(href);
      }}
    />
  );
}
