import { keepPreviousData, type UseQueryResult, useQuery } from "@tanstack/react-query";
import { type Query, read } from "./store.js";

export interface ReadOptions {
  readonly query?: Query;
  readonly isEnabled?: boolean;
  /** Asked again while the screen is open. */
  readonly everyMillis?: number;
}

/** What a route answers, kept while it is fresh; the last answer is shown while the next one is on its way. */
export function useRead<Answer>(path: string, options: ReadOptions = {}): UseQueryResult<Answer> {
  const { query = {}, isEnabled = true, everyMillis } = options;
  return useQuery<Answer>({
    queryKey: [path, query],
    queryFn: ({ signal }) => read<Answer>(path, query, signal),
    enabled: isEnabled,
    placeholderData: keepPreviousData,
    refetchInterval: everyMillis ?? false,
  });
}
