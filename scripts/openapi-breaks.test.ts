import { describe, expect, it } from "vitest";
import { breaksBetween, type OpenApiDocument } from "./openapi-breaks.js";

const operation = {
  operationId: "createThing",
  security: [],
  parameters: [{ name: "q", in: "query", schema: { type: "string" } }],
  requestBody: {
    content: {
      "application/json": {
        schema: {
          type: "object",
          required: ["id"],
          properties: { id: { type: "integer" }, kind: { enum: ["a", "b"] } },
        },
      },
    },
  },
  responses: {
    "200": {
      content: {
        "application/json": {
          schema: {
            type: "object",
            required: ["id", "state"],
            properties: { id: { type: "integer" }, state: { enum: ["open", "shut"] } },
          },
        },
      },
    },
  },
};
const document = (changed: (text: string) => string = (text) => text): OpenApiDocument =>
  JSON.parse(changed(JSON.stringify({ paths: { "/things": { post: operation } } })));

describe("a change of the OpenAPI document", () => {
  it.each<[string, string, string, string]>([
    ["a route that is gone", '"post"', '"put"', "POST /things is gone"],
    ["another operation id", "createThing", "makeThing", "createThing: is called makeThing now"],
    [
      "a member that is gone from an answer",
      '"id":{"type":"integer"},"state"',
      '"state"',
      "answer 200.id is gone",
    ],
    ["a member that may be missing", '["id","state"]', '["id"]', "state may be missing now"],
    ["a new value of an answer", '["open","shut"]', '["open","shut","ajar"]', "ajar may come now"],
    ["a value that is refused", '["a","b"]', '["a"]', "b is refused now"],
    ["a member that is required", '"required":["id"],', '"required":["id","kind"],', "kind is required now"],
    ["a query member that is gone", '"name":"q"', '"name":"p"', "query q is gone"],
    [
      "another type",
      '"id":{"type":"integer"},"kind"',
      '"id":{"type":"string"},"kind"',
      "integer is refused now",
    ],
    ["a session that is asked for", '"security":[]', '"security":[{"bearer":[]}]', "asks for a session now"],
    [
      "a stricter pattern",
      '"schema":{"type":"string"}',
      '"schema":{"type":"string","pattern":"^x$"}',
      "another pattern",
    ],
  ])("%s is a break", (_name, from, to, line) => {
    expect(
      breaksBetween(
        document(),
        document((text) => text.replace(from, to)),
      ),
    ).toEqual([expect.stringContaining(line)]);
  });

  it.each([
    ["a new member of an answer", '"state":', '"extra":{"type":"string"},"state":'],
    ["a new optional member of a request", '"kind":', '"extra":{"type":"string"},"kind":'],
    ["a new value of a request", '["a","b"]', '["a","b","c"]'],
    ["a new optional query member", '"parameters":[', '"parameters":[{"name":"p","in":"query"},'],
  ])("%s is none", (_name, from, to) => {
    expect(
      breaksBetween(
        document(),
        document((text) => text.replace(from, to)),
      ),
    ).toEqual([]);
  });
});
