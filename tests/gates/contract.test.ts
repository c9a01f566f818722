import { expect, it } from "vitest";
import { makeContract } from "../support/contract.js";

const Thing = {
  type: "object",
  properties: { id: { type: "integer" }, at: { type: "string", format: "date-time" } },
  required: ["id"],
};
const Problem = { type: "object", properties: { code: { enum: ["not_found"] } }, required: ["code"] };
const json = (schema: object) => ({ content: { "application/json": { schema } } });
const check = makeContract({
  paths: {
    "/things/{id}": {
      get: {
        responses: {
          "200": json({ type: "object", properties: { thing: { $ref: "#/components/schemas/Thing" } } }),
          "404": { $ref: "#/components/responses/NotFound" },
        },
      },
    },
    "/things/all": { get: { responses: { "200": json({ type: "array", maxItems: 1 }) } } },
  },
  components: {
    schemas: { Thing },
    responses: { NotFound: json(Problem) },
  },
});

const HEADERS = {
  "x-request-id": "1",
  "x-content-type-options": "nosniff",
  "content-type": "application/json",
};
const answer = (status: number, body: unknown) => ({
  status,
  headers: new Headers(HEADERS),
  text: JSON.stringify(body),
  body,
});
const problem = (code: string) => ({
  type: "x",
  title: "x",
  status: 404,
  detail: "x",
  code,
  request_id: "1",
});

it.each([
  ["as listed", "/things/1", answer(200, { thing: { id: 1, at: "2026-01-01T00:00:00Z" } }), null],
  ["of a named response", "/things/1", answer(404, problem("not_found")), null],
  ["under /api", "/api/things/1?x=1", answer(200, { thing: { id: 1 } }), null],
  ["of the route that is named in full", "/things/all", answer(200, [1]), null],
  ["another type", "/things/1", answer(200, { thing: { id: "1" } }), "thing/id must be integer"],
  ["another format", "/things/1", answer(200, { thing: { id: 1, at: "today" } }), "date-time"],
  ["a missing member", "/things/1", answer(200, { thing: {} }), "required property 'id'"],
  ["another code", "/things/1", answer(404, problem("gone")), "must be equal to one of"],
  ["another status", "/things/1", answer(201, {}), "which openapi.json does not list"],
  ["another route's", "/things/all", answer(200, [1, 2]), "more than 1 items"],
])("an answer is held against the document: %s", (_what, path, sent, complaint) => {
  const work = () => check("GET", path, sent);
  if (complaint === null) expect(work).not.toThrow();
  else expect(work).toThrow(complaint);
});
