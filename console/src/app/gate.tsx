import { Button, Center, Loader, Paper, Stack, Text, Title } from "@mantine/core";
import type { ReactNode } from "react";
import { Failure } from "../parts/failure.js";
import { useSession } from "../session/session.js";
import { SignIn } from "../session/sign-in.js";
import { useText } from "../text/text.js";
import { shop } from "./shop.js";

/** The console is for operators: everybody else is asked to sign in, or told so. */
export function Gate({ children }: { readonly children: ReactNode }) {
  const text = useText();
  const { operator, isStranger, trouble, refresh, signOut } = useSession();
  if (operator != null) return children;
  return (
    <Center component="main" className="gate">
      <Paper withBorder shadow="sm" p="xl" className="gate-card">
        <Stack>
          <Title order={1}>{isStranger ? text("gate.stranger") : text("sign.heading")}</Title>
          {trouble !== null ? (
            <Failure error={trouble} onRetry={() => void refresh()} />
          ) : operator === undefined ? (
            <Loader aria-label={text("list.loading")} />
          ) : isStranger ? (
            <>
              <Text>{text("gate.stranger_help")}</Text>
              <Button onClick={() => void signOut()}>{text("nav.sign_out")}</Button>
            </>
          ) : (
            <SignIn lead={text("sign.lead", { shop: shop.name })} />
          )}
        </Stack>
      </Paper>
    </Center>
  );
}
