import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestApp, type TestApp } from "../support/app.js";
import { seedCatalog } from "../support/catalog.js";
import { violations } from "../support/invariants.js";
import { type Schema, sentFor } from "../support/json-schema-arbitrary.js";
import { logIn } from "../support/login.js";
import { makeShopper } from "../support/shop.js";

interface Parameter {
  readonly name: string;
  readonly in: "path" | "query" | "header" | "cookie";
  readonly required?: boolean;
  readonly schema?: Schema;
}

interface Operation {
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content?: Readonly<Record<string, { readonly schema?: Schema }>> };
}

interface Sent {
  readonly method: string;
  readonly target: string;
  readonly who: "nobody" | "user" | "admin";
  readonly headers: Record<string, string>;
  readonly body: string | undefined;
}

/** Ends the session that the other requests need. */
const ENDS_SESSIONS = new Set(["POST /auth/logout", "DELETE /auth/me"]);
const REQUESTS = 1_200;

let app: TestApp;
let tokens: Record<"user" | "admin", string>;
let requests: fc.Arbitrary<Sent>;

beforeAll(async () => {
  const off = "999999";
  app = await startTestApp({
    ADMIN_EMAILS: "admin@example.com",
    RATE_LIMIT_CODES_PER_MINUTE: off,
    RATE_LIMIT_CODES_PER_DAY: off,
    RATE_LIMIT_CODES_PER_IP_PER_DAY: off,
    RATE_LIMIT_CODES_PER_EMAIL_PER_DAY: off,
  });
  await seedCatalog(app.database);
  const shopper = await makeShopper(app);
  const order = await shopper.order();
  await shopper.create(order.id, "MOCK");
  tokens = { user: shopper.token, admin: (await logIn(app, "admin@example.com")).token };
  const { paths } = app.app.server.swagger() as unknown as {
    paths: Record<string, Record<string, Operation>>;
  };
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
  );
  expect(operations.length).toBeGreaterThan(40);
  requests = fc.constantFrom(...operations).chain((one) => requestFor(one.method, one.path, one.operation));
});
afterAll(() => app.stop());

function requestFor(method: string, path: string, operation: Operation): fc.Arbitrary<Sent> {
  const parameters = operation.parameters ?? [];
  const textFor = (parameter: Parameter): fc.Arbitrary<string | undefined> => {
    const value = sentFor(parameter.schema ?? {}).map((sent) =>
      typeof sent === "string" ? sent : JSON.stringify(sent),
    );
    return parameter.in === "path" ? value : fc.option(value, { nil: undefined, freq: 2 });
  };
  const [type = undefined, content] = Object.entries(operation.requestBody?.content ?? {})[0] ?? [];
  const body =
    type === undefined
      ? fc.constant(undefined)
      : type.includes("json")
        ? sentFor(content?.schema ?? {}).map((value) => JSON.stringify(value))
        : fc.string({ maxLength: 300 });
  const who = fc.constantFrom<Sent["who"]>("user", "user", "admin", "admin", "nobody");
  const key = fc.option(fc.constantFrom("k-1", '"k-1"', "k-2", "", "\u00e9", "x".repeat(256)), {
    nil: undefined,
    freq: 4,
  });
  return fc
    .tuple(fc.tuple(...parameters.map(textFor)), body, who, key)
    .map(([values, text, caller, idempotencyKey]) => {
      let target = path;
      const query = new URLSearchParams();
      for (const [index, { name, in: place }] of parameters.entries()) {
        const value = values[index];
        if (value === undefined) continue;
        if (place === "path")
          target = target.replace(`{${name}}`, encodeURIComponent(value.toWellFormed()) || "-");
        if (place === "query") query.append(name, value);
      }
      const search = query.toString();
      return {
        method,
        target: search === "" ? target : `${target}?${search}`,
        who: ENDS_SESSIONS.has(`${method} ${path}`) ? "nobody" : caller,
        headers: {
          ...(type === undefined ? {} : { "content-type": type }),
          ...(idempotencyKey === undefined ? {} : { "idempotency-key": idempotencyKey }),
        },
        body: text,
      };
    });
}

describe("openapi.json", () => {
  it(`holds for ${REQUESTS} generated requests: no 5xx, and every answer is as it says`, async () => {
    const statuses = new Map<number, number>();
    await fc.assert(
      fc.asyncProperty(requests, async ({ method, target, who, headers, body }) => {
        // The contract is checked inside request(); fetch refuses header values beyond Latin-1 before sending.
        const answer = await app.request(method, target, {
          headers,
          ...(body === undefined ? {} : { body }),
          ...(who === "nobody" ? {} : { bearer: tokens[who] }),
        });
        statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
        expect(answer.status, `${method} ${target} ${body}`).toBeLessThan(500);
      }),
      { numRuns: REQUESTS },
    );
    // The generator must reach the handlers, not only the doorkeepers.
    expect(statuses.get(200) ?? 0).toBeGreaterThan(REQUESTS / 20);
    expect(await violations(app.database)).toEqual({});
  }, 300_000);

  it("is what is checked in describes: every operation has a summary, a tag and a success", () => {
    const { paths } = app.app.server.swagger() as unknown as {
      paths: Record<
        string,
        Record<string, { summary?: string; tags?: string[]; responses: Record<string, unknown> }>
      >;
    };
    for (const [path, methods] of Object.entries(paths)) {
      for (const [method, operation] of Object.entries(methods)) {
        const name = `${method.toUpperCase()} ${path}`;
        expect(operation.summary, name).toEqual(expect.any(String));
        expect(operation.tags, name).toHaveLength(1);
        expect(
          Object.keys(operation.responses).some((status) => status.startsWith("2")),
          name,
        ).toBe(true);
      }
    }
  });
});
