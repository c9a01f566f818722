import { callerOf } from "../../../http/caller.js";
import type { Server } from "../../../http/server.js";
import type { DeletePerson } from "../delete-person.js";
import { type LoginHttp, Message } from "../login-replies.js";

export function registerDeleteMe(
  app: Server,
  { deletePerson, cookies }: Pick<LoginHttp, "cookies"> & { readonly deletePerson: DeletePerson },
): void {
  app.delete(
    "/auth/me",
    {
      config: { access: "user", problems: ["deletion_waits", "last_owner"] },
      schema: {
        tags: ["Account"],
        operationId: "deleteMe",
        summary: "Delete the account",
        description:
          "Address and name are erased and every session ends; orders and payments stay, without a person. Unpaid " +
          "orders end. 409 deletion_waits: something that was paid has not reached the person yet; the detail says what. " +
          "409 last_owner: the shop would have no owner any more.",
        response: { 200: Message("account_deleted") },
      },
    },
    async (request, reply) => {
      await deletePerson.own(callerOf(request).userId, request.id);
      for (const name of ["tribi_token", "tribi_refresh", "tribi_challenge", "tribi_device"] as const) {
        cookies.clear(reply, name);
      }
      return { message: "account_deleted" as const };
    },
  );
}
