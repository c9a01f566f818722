import { Loader } from "@mantine/core";
import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useText } from "../text/text.js";
import { Failure } from "./failure.js";

interface AnswerProps<Value> {
  readonly reading: UseQueryResult<Value>;
  readonly children: (value: Value) => ReactNode;
}

/** What was read, as soon as it is there; what failed, with a way to try again. */
export function Answer<Value>({ reading, children }: AnswerProps<Value>) {
  const text = useText();
  const { data, error, refetch } = reading;
  return (
    <>
      {error !== null && <Failure error={error} onRetry={() => void refetch()} />}
      {data !== undefined && children(data)}
      {data === undefined && error === null && <Loader aria-label={text("list.loading")} />}
    </>
  );
}
