import { Type } from "typebox";
import { SETTING_NAMES, type SettingName } from "../../../config/run-time-settings.js";
import type { SettingKind } from "../../../config/setting-kinds.js";
import { adminAct } from "../../../http/act.js";
import type { Server } from "../../../http/server.js";
import type { ManageSettings } from "../manage-settings.js";

const tags = ["Administration"];
const Name = Type.Unsafe<SettingName>({ type: "string", enum: [...SETTING_NAMES] });
const Time = Type.String({ format: "date-time" });
const TextOrNull = Type.Union([Type.String(), Type.Null()]);
const Version = Type.Integer({ minimum: 0, maximum: 2_000_000_000, description: "0: never changed" });

const Setting = Type.Object(
  {
    name: Name,
    description: Type.String({ description: "What it does, in one line" }),
    type: Type.Unsafe<SettingKind>({
      type: "string",
      enum: ["integer", "levels", "text", "color"],
      description: "levels: whole numbers with commas, or none",
    }),
    unit: Type.String(),
    minimum: Type.Integer({ description: "Of a text its length, of levels each of them" }),
    maximum: Type.Integer(),
    value: Type.Union([Type.Integer(), Type.String()], { description: "What counts now" }),
    default: Type.Union([Type.Integer(), Type.String()], { description: "The value of the environment" }),
    variable: Type.String({ description: "The variable of the environment that the default comes from" }),
    source: Type.String({ description: "Where the value is from: environment, or changed by an operator" }),
    version: Type.Integer({ description: "To be sent with a change; 0: never changed" }),
    changed_at: Type.Union([Time, Type.Null()]),
    changed_by: TextOrNull,
    problem: Type.Union([Type.String(), Type.Null()], {
      description: "Why the stored value is not used, if it is not",
    }),
  },
  { title: "Setting" },
);
const Settings = Type.Object({ items: Type.Array(Setting) });

export function registerSettings(app: Server, settings: ManageSettings): void {
  app.get(
    "/admin/settings",
    {
      config: { access: "admin", permission: "settings.read" },
      schema: {
        tags,
        operationId: "listSettings",
        summary: "What operators may change while the shop runs, with bounds and defaults",
        response: { 200: Settings },
      },
    },
    async () => ({ items: await settings.list() }),
  );
  app.get(
    "/admin/settings/:name/history",
    {
      config: { access: "admin", permission: "settings.read" },
      schema: {
        tags,
        operationId: "listSettingChanges",
        summary: "The last 200 values of a setting, with who changed it and why",
        params: Type.Object({ name: Name }),
        response: {
          200: Type.Object({
            items: Type.Array(
              Type.Object({
                version: Type.Integer(),
                value: Type.Union([Type.Integer(), Type.String(), Type.Null()], {
                  description: "Null: the environment's value counted again",
                }),
                changed_at: Time,
                changed_by: Type.String(),
                reason: Type.String(),
              }),
            ),
          }),
        },
      },
    },
    async (request) => ({
      items: (await settings.history(request.params.name)).map((row) => ({
        ...row,
        value: typeof row.value === "number" || typeof row.value === "string" ? row.value : null,
      })),
    }),
  );
  registerChange(app, settings);
}

function registerChange(app: Server, settings: ManageSettings): void {
  app.patch(
    "/admin/settings",
    {
      config: { access: "admin", permission: "settings.write", problems: ["conflict"] },
      schema: {
        tags,
        operationId: "changeSettings",
        summary: "Change settings, all of these or none; it counts everywhere within five seconds",
        description:
          "`value` null gives a setting back to the environment. `version` is the one that the list showed: when somebody " +
          "else changed this setting meanwhile, the answer is 409 and nothing is changed.",
        body: Type.Object(
          {
            changes: Type.Array(
              Type.Object(
                {
                  name: Name,
                  value: Type.Union([Type.Integer(), Type.String({ maxLength: 100 }), Type.Null()]),
                  version: Version,
                },
                { additionalProperties: false },
              ),
              { minItems: 1, maxItems: 50 },
            ),
            reason: Type.String({ minLength: 1, maxLength: 500 }),
          },
          { additionalProperties: false },
        ),
        response: { 200: Settings },
      },
    },
    async (request) => {
      const { changes, reason } = request.body;
      return { items: await settings.change(changes, reason, adminAct(request)) };
    },
  );
}
