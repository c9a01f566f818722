import { Type } from "typebox";
import { callerOf } from "../../../http/caller.js";
import type { Server } from "../../../http/server.js";

const AdminMe = Type.Object(
  {
    id: Type.Integer(),
    email: Type.String(),
    name: Type.Union([Type.String(), Type.Null()]),
    role: Type.Union([Type.String(), Type.Null()]),
    permissions: Type.Array(Type.String()),
  },
  { title: "Operator" },
);

/** What the console draws its navigation and buttons from. */
export function registerShowAdminMe(app: Server): void {
  app.get(
    "/admin/me",
    {
      config: { access: "admin", permission: "overview.read" },
      schema: {
        tags: ["Administration"],
        operationId: "getAdminMe",
        summary: "Who is working here, and what they may do",
        response: { 200: AdminMe },
      },
    },
    async (request) => {
      const { userId: id, email, name, role, permissions } = callerOf(request);
      return { id, email, name, role, permissions: [...permissions] };
    },
  );
}
