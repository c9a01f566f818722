import { type Static, Type } from "typebox";
import type { Db } from "../../../../db/database.js";
import { callerOf } from "../../../../http/caller.js";
import type { Server } from "../../../../http/server.js";
import { AppError } from "../../../../kernel/errors.js";
import { LANGUAGES, type Language } from "../../../../kernel/language.js";
import type { Permission } from "../../../../kernel/permissions.js";
import { ALARM_KINDS, type AlarmKind, alarmsFor } from "../alarm-kinds.js";
import { type AlarmChoicesRow, chooseAlarms, readAlarmChoices } from "../alarm-store.js";

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
export function registerAlarmChoices(app: Server, db: Db): void {
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
    async (request) => {
      const { userId, permissions } = callerOf(request);
      return viewOf(await readAlarmChoices(db, userId), permissions);
    },
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
      const { userId, permissions, credential } = callerOf(request);
      if (credential === "key")
        throw new AppError("permission_missing", "A key chooses no mails of a person. Do so in the console.");
      const { language = null, kinds = {} } = request.body;
      const chosen = kinds as Readonly<Partial<Record<AlarmKind, boolean>>>;
      const row = await chooseAlarms(db, userId, {
        language,
        mute: ALARM_KINDS.filter((kind) => chosen[kind] === true),
        unmute: ALARM_KINDS.filter((kind) => chosen[kind] === false),
      });
      return viewOf(row, permissions);
    },
  );
}

const viewOf = (
  { language, muted }: AlarmChoicesRow,
  permissions: ReadonlySet<Permission>,
): Static<typeof ChoicesView> => ({
  language: LANGUAGES.find((one) => one === language) ?? null,
  kinds: alarmsFor(permissions).map((kind) => ({ kind, is_muted: muted.includes(kind) })),
});
