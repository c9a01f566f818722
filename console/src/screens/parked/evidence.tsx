import { Anchor, Stack, Text } from "@mantine/core";
import type { AnswerOf } from "@tribi/client";
import { useRead } from "../../api/use-read.js";
import { Answer } from "../../parts/answer.js";
import { Link } from "../../parts/link.js";
import { Moment, State } from "../../parts/values.js";
import { useLanguage } from "../../text/text.js";
import type { ParkedCase } from "./parked-case.js";

/** What is known of a case: the purchases that were begun, or where the money's own page is. */
export function Evidence({ of: { kind, id, paymentId, detail } }: { readonly of: ParkedCase }) {
  const { text } = useLanguage();
  if (kind === "esims" || kind === "top_ups")
    return <Attempts path={`/admin/${kind === "esims" ? "esims" : "top-ups"}/${id}/attempts`} />;
  return (
    <Text size="sm">
      {detail}{" "}
      {paymentId !== null && (
        <Anchor component={Link} to={`/payments/${paymentId}`} size="sm" underline="always">
          {text("parked.payment", { id: paymentId })}
        </Anchor>
      )}
    </Text>
  );
}

export function Attempts({ path }: { readonly path: string }) {
  const { text, word } = useLanguage();
  const reading = useRead<AnswerOf<"listEsimAttempts">>(path);
  return (
    <Answer reading={reading}>
      {(attempts) => (
        <Stack gap="xs">
          {attempts.length === 0 && <Text c="dimmed">{text("parked.no_attempts")}</Text>}
          {attempts.map((one) => (
            <Text key={one.id} size="sm" component="div">
              {text("parked.attempt", {
                number: one.number,
                supplier: one.supplier,
                package: one.package_id,
              })}{" "}
              <State value={one.status} /> <Moment at={one.created_at} />
              {one.supplier_order_id !== null &&
                ` · ${text("parked.supplier_order", { id: one.supplier_order_id })}`}
              {one.reason !== null && ` · ${word(one.reason)}`}
              {one.detail !== null && ` · ${one.detail}`}
            </Text>
          ))}
        </Stack>
      )}
    </Answer>
  );
}
