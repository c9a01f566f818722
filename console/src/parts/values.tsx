import { Badge, Text } from "@mantine/core";
import { formatAge, formatMoney, formatTime, formatUtc } from "../text/format.js";
import { useLanguage } from "../text/text.js";

/** In the operator's zone; UTC on hover. */
export function Moment({ at }: { readonly at: string | null | undefined }) {
  const { code } = useLanguage();
  if (at == null) return <Nothing />;
  return (
    <time dateTime={at} title={formatUtc(at)}>
      {formatTime(at, code)}
    </time>
  );
}

/** How long ago; the moment itself on hover. */
export function Age({ at }: { readonly at: string }) {
  const { code } = useLanguage();
  return (
    <time dateTime={at} title={`${formatTime(at, code)} · ${formatUtc(at)}`}>
      {formatAge(at, code)}
    </time>
  );
}

export function Money({ minor, currency }: { readonly minor: number; readonly currency: string }) {
  const { code } = useLanguage();
  return <span className="money">{formatMoney(minor, currency, code)}</span>;
}

export function Nothing() {
  return (
    <Text component="span" c="dimmed" className="nothing">
      –
    </Text>
  );
}

const COLORS: Readonly<Record<string, string>> = {
  paid: "green",
  succeeded: "green",
  ready: "green",
  active: "green",
  done: "green",
  delivered: "green",
  processed: "green",
  applied: "green",
  won: "green",
  available: "green",
  pending: "blue",
  requested: "blue",
  running: "blue",
  waiting: "blue",
  created: "blue",
  requires_action: "blue",
  held: "blue",
  warning: "yellow",
  parked: "orange",
  open: "orange",
  unknown: "orange",
  failed: "red",
  lost: "red",
  refused: "red",
  refunded: "grape",
  taken_back: "grape",
};

export function State({ value }: { readonly value: string | null | undefined }) {
  const { word } = useLanguage();
  if (value == null) return <Nothing />;
  return (
    <Badge className="state" variant="light" tt="none" fw={600} color={COLORS[value] ?? "gray"}>
      {word(value)}
    </Badge>
  );
}
