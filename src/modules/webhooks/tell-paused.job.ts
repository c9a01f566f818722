import { type Db, statement } from "../../db/database.js";
import type { Mail, MailOutcome } from "../../providers/mail/port.js";
import { defineJob } from "../jobs/jobs.module.js";

/** That a receiver is paused because it failed, said to the operators. */
export const TELL_PAUSED = defineJob({
  task: "tell_paused_endpoint",
  payload: { endpoint_id: "id" },
  key: ["webhook-paused", "endpoint_id"],
});

interface PausedEndpoint {
  readonly url: string;
  readonly description: string;
  readonly paused_reason: "gone" | "failing";
  readonly paused_millis: number;
}

const FIND_PAUSED = statement(
  "webhook_endpoints.find_given_up",
  `select url, description, paused_reason, floor(extract(epoch from paused_at) * 1000)::bigint as paused_millis
   from webhook_endpoints where id = $1 and paused_reason in ('gone', 'failing') and deleted_at is null`,
);

export interface TellPausedDeps {
  readonly db: Db;
  readonly shopName: string;
  readonly operators: readonly string[];
  readonly sendMail: (mail: Mail) => Promise<MailOutcome>;
}

/** Mails the operators that a receiver was given up on; enqueued in the statement that pauses it. */
export function makeTellPaused({ db, shopName, operators, sendMail }: TellPausedDeps) {
  return async ({ endpoint_id: id }: { readonly endpoint_id: number }): Promise<void> => {
    const [endpoint] = (await db.run<PausedEndpoint>(FIND_PAUSED, [id])).rows;
    if (endpoint === undefined) return;
    for (const [index, address] of operators.entries()) {
      const outcome = await sendMail({
        template: "webhook_paused",
        reference: `webhook-paused-${id}-${endpoint.paused_millis}-${index + 1}`,
        to: { address },
        subject: `${shopName}: events are not sent to ${new URL(endpoint.url).host} any more`,
        text: textOf(id, endpoint),
      });
      if (outcome.kind === "unknown") throw new Error("The mail about a paused receiver was not taken yet");
    }
  };
}

function textOf(id: number, { url, description, paused_reason }: PausedEndpoint): string {
  const why =
    paused_reason === "gone" ? "It answered 410 Gone." : "Nothing good came from it for three days.";
  return [
    `The webhook endpoint ${id} at ${new URL(url).origin}${description === "" ? "" : ` (${description})`} is paused. ${why}`,
    "",
    "What happens meanwhile is kept for it: it takes what it missed from GET /events when it is well again.",
    `Its deliveries are listed at /admin/webhook-endpoints/${id}/deliveries. Resume it there, or delete it.`,
  ].join("\n");
}
