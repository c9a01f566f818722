import { Type } from "typebox";
import { callerOf } from "../../../../http/caller.js";
import type { Server } from "../../../../http/server.js";
import type { ChooseNotices } from "../choose-notices.js";
import type { NoticeKind } from "../notice-kinds.js";

const isMailed = Type.Boolean({ description: "Whether notices of this kind are mailed" });
const Choices = Type.Object(
  {
    install: isMailed,
    low_data: isMailed,
    used_up: isMailed,
    days_left: isMailed,
    expired: isMailed,
  } satisfies Record<NoticeKind, typeof isMailed>,
  { additionalProperties: false },
);
const Changes = Type.Partial(Choices, { additionalProperties: false, minProperties: 1 });

/** Which notices a person wants; receipts and delivery are no notices. */
export function registerChooseNotices(
  app: Server,
  notices: Pick<ChooseNotices, "choicesOf" | "choose">,
): void {
  app.get(
    "/auth/me/notices",
    {
      config: { access: "user" },
      schema: {
        tags: ["Account"],
        operationId: "getMyNotices",
        summary: "Which notices about eSIMs are mailed",
        response: { 200: Choices },
      },
    },
    (request) => notices.choicesOf(callerOf(request).userId),
  );
  app.patch(
    "/auth/me/notices",
    {
      config: { access: "user" },
      schema: {
        tags: ["Account"],
        operationId: "changeMyNotices",
        summary: "Choose which notices about eSIMs are mailed",
        description: "Kinds that are left out stay as they are. Receipts and eSIMs are mailed always.",
        body: Changes,
        response: { 200: Choices },
      },
    },
    (request) => notices.choose(callerOf(request).userId, request.body),
  );
}
