import { Alert, Button, Code, List, Stack, Text } from "@mantine/core";
import { TribiError } from "@tribi/client";
import { useText } from "../text/text.js";

/** What the store said, with what to do and the request to ask about. */
export function Failure({ error, onRetry }: { readonly error: unknown; readonly onRetry?: () => void }) {
  const text = useText();
  const known = error instanceof TribiError ? error : null;
  const isReached = known !== null && known.status > 0;
  return (
    <Alert color="red" role="alert" title={text(isReached ? "fail.title" : "fail.unreached")}>
      <Stack gap="xs" align="flex-start">
        <Text size="sm">{known === null ? text("fail.broken") : known.detail}</Text>
        {known !== null && known.errors.length > 0 && (
          <List size="sm">
            {known.errors.map(({ pointer, message }) => (
              <List.Item key={`${pointer} ${message}`}>
                <Code>{pointer}</Code> {message}
              </List.Item>
            ))}
          </List>
        )}
        {known?.requestId != null && (
          <Text size="xs">
            {text("fail.request")} <Code>{known.requestId}</Code>
          </Text>
        )}
        {onRetry !== undefined && (
          <Button size="compact-sm" variant="default" onClick={onRetry}>
            {text("fail.retry")}
          </Button>
        )}
      </Stack>
    </Alert>
  );
}
