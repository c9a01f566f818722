import { Button, Code, List, Loader, Stack, Text } from "@mantine/core";
import type { AnswerOf } from "@tribi/client";
import { useEffect, useRef, useState } from "react";
import { act, tribi } from "../api/store.js";
import { Failure } from "../parts/failure.js";
import { useText } from "../text/text.js";
import { FactorForm } from "./show-factor.js";

type Offer = AnswerOf<"offerSecondFactor">;

/** Sets a second factor up: the app reads the square, a code of it confirms it, and recovery codes are shown once. */
export function SetUpFactor({ onDone }: { readonly onDone: () => Promise<void> | void }) {
  const text = useText();
  const [offer, setOffer] = useState<Offer | null>(null);
  const [codes, setCodes] = useState<readonly string[] | null>(null);
  const [trouble, setTrouble] = useState<unknown>(null);
  const isBegun = useRef(false);
  const begin = (): void => {
    setTrouble(null);
    act<Offer>({ path: "/admin/second-factor" }).then(setOffer, setTrouble);
  };
  useEffect(() => {
    // A second one would take the place of the first, which is on the screen.
    if (isBegun.current) return;
    isBegun.current = true;
    begin();
  });
  if (trouble !== null) return <Failure error={trouble} onRetry={begin} />;
  if (codes !== null) return <RecoveryCodes codes={codes} onDone={onDone} />;
  if (offer === null) return <Loader aria-label={text("list.loading")} />;
  return (
    <Stack>
      <Text>{text("factor.scan")}</Text>
      <Square offer={offer} label={text("factor.square")} />
      <Text size="sm">{text("factor.type")}</Text>
      <Code block className="secret">
        {offer.secret.replace(/(.{4})(?=.)/g, "$1 ")}
      </Code>
      <FactorForm
        label={text("factor.code")}
        send={async (code) => {
          const answer = (await tribi.request({
            method: "POST",
            path: "/admin/second-factor/confirm",
            body: { code },
          })) as AnswerOf<"confirmSecondFactor">;
          setCodes(answer.recovery_codes);
        }}
        onShown={() => undefined}
      />
    </Stack>
  );
}

/** On white with its quiet zone, in dark mode too: cameras read it so. */
function Square({ offer: { qr }, label }: { readonly offer: Offer; readonly label: string }) {
  const border = 4;
  return (
    <svg
      role="img"
      aria-label={label}
      className="qr"
      viewBox={`${-border} ${-border} ${qr.size + 2 * border} ${qr.size + 2 * border}`}
      shapeRendering="crispEdges"
    >
      <rect x={-border} y={-border} width={qr.size + 2 * border} height={qr.size + 2 * border} fill="#fff" />
      <path d={qr.path} fill="#000" />
    </svg>
  );
}

function RecoveryCodes(props: {
  readonly codes: readonly string[];
  readonly onDone: () => Promise<void> | void;
}) {
  const text = useText();
  return (
    <Stack>
      <Text role="status">{text("factor.codes_lead")}</Text>
      <List listStyleType="none" className="recovery-codes" aria-label={text("factor.codes")}>
        {props.codes.map((code) => (
          <List.Item key={code}>
            <Code>{code}</Code>
          </List.Item>
        ))}
      </List>
      <Button onClick={() => void props.onDone()}>{text("factor.codes_kept")}</Button>
    </Stack>
  );
}
