import { Type } from "typebox";
import { makeBody } from "../../../http/body-cache.js";
import { sendJson } from "../../../http/send-body.js";
import type { Server } from "../../../http/server.js";
import { type DeviceData, Verdict } from "../device-data.js";

const DeviceModel = Type.Object(
  {
    name: Type.String(),
    verdict: Verdict,
    note: Type.Union([Type.String(), Type.Null()]),
    note_es: Type.Union([Type.String(), Type.Null()], { description: "The same in Spanish" }),
    source: Type.Union([Type.String(), Type.Null()], { description: "Who says so" }),
    as_of: Type.Union([Type.String({ format: "date" }), Type.Null()], { description: "As of which day" }),
  },
  { title: "DeviceModel" },
);

/** The phones that we know, by the names under which they are sold. */
export function registerListDevices(app: Server, data: DeviceData): void {
  const body = makeBody(
    data.devices
      .flatMap(({ models, names, verdict, note = null, note_es = null, source, date }) => {
        const from = { source: source ?? data.source ?? null, as_of: date ?? data.reviewed ?? null };
        return (models ?? names ?? []).map((name) => ({ name, verdict, note, note_es, ...from }));
      })
      .sort((a, b) => a.name.localeCompare(b.name, "en", { numeric: true })),
  );
  app.get(
    "/device/models",
    {
      config: { access: "public", isShedFirst: true },
      schema: {
        tags: ["Catalogue"],
        operationId: "listDevices",
        summary: "Which phones can use an eSIM, by model",
        response: { 200: Type.Array(DeviceModel) },
      },
    },
    async (request, reply) => sendJson(request, reply.header("cache-control", "public, max-age=86400"), body),
  );
}
