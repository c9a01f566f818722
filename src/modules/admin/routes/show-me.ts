import { Type } from "typebox";
import { callerOf, type OperatorState } from "../../../http/caller.js";
import type { Server } from "../../../http/server.js";

const AdminMe = Type.Object(
  {
    id: Type.Integer(),
    email: Type.String(),
    name: Type.Union([Type.String(), Type.Null()]),
    role: Type.Union([Type.String(), Type.Null()]),
    permissions: Type.Array(Type.String()),
    second_factor: Type.Enum(["none", "missing", "not_shown", "shown"] as const, {
      description: "missing: the shop asks for one, and it is to be set up; not_shown: it is to be shown",
    }),
  },
  { title: "Operator" },
);

/** What the console draws its navigation and buttons from. */
export function registerShowAdminMe(app: Server, { needsFactor }: { readonly needsFactor: boolean }): void {
  app.get(
    "/admin/me",
    {
      config: { access: "admin", permission: "overview.read", isBeforeFactor: true },
      schema: {
        tags: ["Administration"],
        operationId: "getAdminMe",
        summary: "Who is working here, and what they may do",
        response: { 200: AdminMe },
      },
    },
    async (request) => {
      const { userId: id, email, name, role, permissions, operator } = callerOf(request);
      const secondFactor = factorWord(operator, needsFactor);
      return { id, email, name, role, permissions: [...permissions], second_factor: secondFactor };
    },
  );
}

/** A key has none, and needs none. */
function factorWord(
  operator: OperatorState | undefined,
  needsFactor: boolean,
): "none" | "missing" | "not_shown" | "shown" {
  if (operator?.hasFactor === true) return operator.isShown ? "shown" : "not_shown";
  return operator !== undefined && needsFactor ? "missing" : "none";
}
