import { useRouter, useRouterState } from "@tanstack/react-router";
import { useMemo } from "react";

export interface ListQuery {
  readonly values: Readonly<Record<string, string>>;
  /** Changes some members; an empty value takes one away. Without `page` or `cursor` it begins at the first page again. */
  change(changes: Readonly<Record<string, string | null>>): void;
}

/** What a list shows is in the page's address: it can be sent to somebody, and the browser goes back through it. */
export function useListQuery(): ListQuery {
  const router = useRouter();
  const search = useRouterState({ select: ({ location }) => location.searchStr });
  const pathname = useRouterState({ select: ({ location }) => location.pathname });
  return useMemo(() => {
    const values = Object.fromEntries(new URLSearchParams(search));
    return {
      values,
      change: (changes) => {
        const next = new URLSearchParams();
        for (const [name, value] of Object.entries({ ...values, page: null, cursor: null, ...changes }))
          if (value !== null && value !== "") next.set(name, value);
        const text = next.toString();
        const address = `/console${pathname}${text === "" ? "" : `?${text}`}`;
        // Back leads through the pages of a list, and not through every letter of a filter.
        if ("page" in changes || "cursor" in changes) router.history.push(address);
        else router.history.replace(address);
      },
    };
  }, [router, search, pathname]);
}
