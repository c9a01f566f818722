import { Type } from "typebox";
import { callerOf } from "../../../../http/caller.js";
import type { Server } from "../../../../http/server.js";
import { AppError } from "../../../../kernel/errors.js";
import { LANGUAGES, type Language } from "../../../../kernel/language.js";
import { ALARM_KINDS, type AlarmKind } from "../alarm-kinds.js";
import type { ChooseAlarms } from "../choose-alarms.js";

const LanguageName = Type.Unsafe<Language>({ type: "string", enum: [...LANGUAGES] });

const ChoicesView = Type.Object(
  {
    language: Type.Union([LanguageName, Type.Null()], { description: "Null: English" }),
    kinds: Type.Array(Type.Object({ kind: Type.String(), is_muted: Type.Boolean() }), {
      description: "What your role decides, and so is mailed about",
    }),
  },
  { title: "AlarmChoices" },
);

const Body = Type.Object(
  {
    language: Type.Optional(LanguageName),
    kinds: Type.Optional(
      Type.Object(Object.fromEntries(ALARM_KINDS.map((kind) => [kind, Type.Optional(Type.Boolean())])), {
        additionalProperties: false,
        description: "True mutes a kind, false mails about it again",
      }),
    ),
  },
  { additionalProperties: false, minProperties: 1 },
);

const tags = ["Administration"];

/** One's own: what a member of the team is mailed about. A key of a program may look, and choose nothing. */
export function registerAlarmChoices(app: Server, alarms: ChooseAlarms): void {
  app.get(
    "/admin/me/alarms",
    {
      config: { access: "admin", permission: "overview.read" },
      schema: {
        tags,
        operationId: "getAlarmChoices",
        summary: "What you are mailed about, and in which language",
        response: { 200: ChoicesView },
      },
    },
    async (request) => alarms.choicesOf(callerOf(request)),
  );
  app.patch(
    "/admin/me/alarms",
    {
      config: { access: "admin", permission: "alarms.choose", problems: ["permission_missing"] },
      schema: {
        tags,
        operationId: "chooseAlarms",
        summary: "Choose what you are mailed about",
        description: "What is left out stays as it is.",
        body: Body,
        response: { 200: ChoicesView },
      },
    },
    async (request) => {
      const caller = callerOf(request);
      if (caller.credential === "key")
        throw new AppError("permission_missing", "A key chooses no mails of a person. Do so in the console.");
      const { language, kinds = {} } = request.body;
      return alarms.choose(caller, {
        kinds: kinds as Readonly<Partial<Record<AlarmKind, boolean>>>,
        ...(language === undefined ? {} : { language }),
      });
    },
  );
}
