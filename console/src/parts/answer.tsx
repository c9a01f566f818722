import { Loader, Title } from "@mantine/core";
import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useText } from "../text/text.js";
import { Failure } from "./failure.js";

interface AnswerProps<Value> {
  readonly reading: UseQueryResult<Value>;
  /** The page's heading, for as long as there is nothing else to show. */
  readonly title?: string;
  readonly children: (value: Value) => ReactNode;
}

/** What was read, as soon as it is there; what failed, with a way to try again. */
export function Answer<Value>({ reading, title, children }: AnswerProps<Value>) {
  const text = useText();
  const { data, error, refetch } = reading;
  return (
    <>
      {data === undefined && title !== undefined && <Title order={1}>{title}</Title>}
      {error !== null && <Failure error={error} onRetry={() => void refetch()} />}
      {data !== undefined && children(data)}
      {data === undefined && error === null && <Loader aria-label={text("list.loading")} />}
    </>
  );
}
