import { callerOf } from "../../../http/caller.js";
import type { Server } from "../../../http/server.js";
import { type LoginHttp, Message } from "../login-replies.js";
import type { ManagePerson } from "../manage-person.js";

export function registerDeleteMe(
  app: Server,
  { managePerson, cookies }: Pick<LoginHttp, "cookies"> & { readonly managePerson: ManagePerson },
): void {
  app.delete(
    "/auth/me",
    {
      config: { access: "user" },
      schema: {
        tags: ["Account"],
        summary: "Delete the account",
        description:
          "Address and name are erased and every session ends; orders and payments stay, without a person.",
        response: { 200: Message("account_deleted") },
      },
    },
    async (request, reply) => {
      await managePerson.remove(callerOf(request).userId, request.id);
      for (const name of ["tribi_token", "tribi_refresh", "tribi_challenge", "tribi_device"] as const) {
        cookies.clear(reply, name);
      }
      return { message: "account_deleted" as const };
    },
  );
}
