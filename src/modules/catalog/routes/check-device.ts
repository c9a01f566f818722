import { Type } from "typebox";
import type { Server } from "../../../http/server.js";
import { type Compatibility, USER_AGENT_LENGTH_MAX } from "../device-compatibility.js";
import { Verdict } from "../device-data.js";

const Query = Type.Object(
  {
    user_agent: Type.Optional(
      Type.String({
        maxLength: USER_AGENT_LENGTH_MAX,
        description: "The request's own User-Agent by default",
      }),
    ),
  },
  { additionalProperties: false },
);

const Answer = Type.Object(
  { verdict: Verdict, message: Type.String(), user_agent: Type.String() },
  { title: "DeviceCompatibility" },
);

export function registerCheckDevice(app: Server, check: (userAgent: string) => Compatibility): void {
  app.get(
    "/device/compatibility",
    {
      config: { access: "public", isShedFirst: true },
      schema: {
        tags: ["Catalogue"],
        operationId: "checkDevice",
        summary: "Whether a phone can use an eSIM, as far as its user agent tells",
        querystring: Query,
        response: { 200: Answer },
      },
    },
    async ({ query, headers }) => {
      const userAgent = query.user_agent ?? (headers["user-agent"] ?? "").slice(0, USER_AGENT_LENGTH_MAX);
      return { ...check(userAgent), user_agent: userAgent };
    },
  );
}
