import { Button, Center, Loader, Paper, Stack, Text, Title } from "@mantine/core";
import type { ReactNode } from "react";
import { Failure } from "../parts/failure.js";
import { FactorThreshold } from "../session/factor-threshold.js";
import { isBarred, useSession } from "../session/session.js";
import { SignIn } from "../session/sign-in.js";
import { useText } from "../text/text.js";
import { invitationToken, Join } from "./join.js";
import { shop } from "./shop.js";

/** The console is for operators: everybody else is asked to sign in, or told so. */
export function Gate({ children }: { readonly children: ReactNode }) {
  const text = useText();
  const { operator, isStranger, hasEnded, factor } = useSession();
  const token = invitationToken();
  const isIn = operator != null && (hasEnded || !isBarred({ factor }));
  if (isIn && token === null) return children;
  const title =
    token !== null
      ? "join.title"
      : isStranger
        ? "gate.stranger"
        : operator == null
          ? "sign.heading"
          : "factor.title";
  return (
    <Center component="main" className="gate">
      <Paper withBorder shadow="sm" p="xl" className="gate-card">
        <Stack>
          <Title order={1}>{text(title, { shop: shop.name })}</Title>
          <Threshold token={token} />
        </Stack>
      </Paper>
    </Center>
  );
}

/** What is asked of somebody who is not in yet. */
function Threshold({ token }: { readonly token: string | null }) {
  const text = useText();
  const { operator, isStranger, trouble, refresh, signOut } = useSession();
  if (trouble !== null) return <Failure error={trouble} onRetry={() => void refresh()} />;
  if (operator === undefined) return <Loader aria-label={text("list.loading")} />;
  if (token !== null && (isStranger || operator !== null)) return <Join token={token} />;
  if (operator !== null && !isStranger) return <FactorThreshold />;
  if (!isStranger) return <SignIn lead={text("sign.lead", { shop: shop.name })} />;
  return (
    <>
      <Text>{text("gate.stranger_help")}</Text>
      <Button onClick={() => void signOut()}>{text("nav.sign_out")}</Button>
    </>
  );
}
