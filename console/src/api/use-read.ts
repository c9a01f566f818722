import { keepPreviousData, type UseQueryResult, useQuery } from "@tanstack/react-query";
import { type Query, read } from "./store.js";
import { usePresence } from "./use-presence.js";

export interface ReadOptions {
  readonly query?: Query;
  readonly isEnabled?: boolean;
  /** Asked again while the screen is open and somebody is there. */
  readonly everyMillis?: number;
}

/** What a route answers, kept while it is fresh; the last answer is shown while the next one is on its way. */
export function useRead<Answer>(path: string, options: ReadOptions = {}): UseQueryResult<Answer> {
  const { query = {}, isEnabled = true, everyMillis } = options;
  const isHere = usePresence();
  return useQuery<Answer>({
    queryKey: [path, query],
    queryFn: ({ signal }) => read<Answer>(path, query, signal),
    enabled: isEnabled,
    placeholderData: keepPreviousData,
    refetchInterval: isHere ? (everyMillis ?? false) : false,
  });
}
