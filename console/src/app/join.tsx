import { Button, Stack, Text } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { act } from "../api/store.js";
import { Failure } from "../parts/failure.js";
import { useSession } from "../session/session.js";
import { useText } from "../text/text.js";

const PATH = "/console/join";

/** The link of an invitation; what stands behind the # reaches no server's log. */
export const invitationToken = (): string | null =>
  location.pathname === PATH && location.hash.length > 1 ? location.hash.slice(1) : null;

/** Takes an invitation up as the person who is signed in. */
export function Join({ token }: { readonly token: string }) {
  const text = useText();
  const { refresh, signOut } = useSession();
  const accepting = useMutation({
    mutationFn: () => act({ path: "/team/accept", body: { token } }),
    onSuccess: async () => {
      history.replaceState(null, "", "/console");
      await refresh();
    },
  });
  return (
    <Stack>
      <Text>{text("join.lead")}</Text>
      {accepting.isError && <Failure error={accepting.error} />}
      <Button loading={accepting.isPending} onClick={() => accepting.mutate()}>
        {text("join.accept")}
      </Button>
      <Button variant="default" onClick={() => void signOut()}>
        {text("nav.sign_out")}
      </Button>
    </Stack>
  );
}
