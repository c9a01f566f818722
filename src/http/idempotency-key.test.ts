import fc from "fast-check";
import type { FastifyRequest } from "fastify";
import { describe, expect, it } from "vitest";
import { fingerprintOf, idempotentRequestOf } from "./idempotency-key.js";

const requestWith = (values: readonly string[], body: unknown = {}): FastifyRequest =>
  ({
    method: "POST",
    body,
    routeOptions: { url: "/orders" },
    headers: values.length === 0 ? {} : { "idempotency-key": values.join(", ") },
    raw: { rawHeaders: values.flatMap((value) => ["Idempotency-Key", value]) },
  }) as unknown as FastifyRequest;

describe("the Idempotency-Key", () => {
  it("is optional", () => {
    expect(idempotentRequestOf(requestWith([]))).toBeNull();
  });

  it("is the same key with and without the quotes of a structured-field string", () => {
    expect(idempotentRequestOf(requestWith(['"k-1"']))?.key).toBe("k-1");
    expect(idempotentRequestOf(requestWith(["k-1"]))?.key).toBe("k-1");
    expect(idempotentRequestOf(requestWith(['"a\\"b"']))?.key).toBe('a"b');
  });

  it.each([
    ["empty", [""]],
    ["an empty string in quotes", ['""']],
    ["blank", ['"  "']],
    ["doubled", ["a", "b"]],
    ["doubled with the same value", ["a", "a"]],
    ["longer than 255 characters", ["x".repeat(256)]],
    ["not ASCII", ["clé"]],
  ])("is refused when it is %s", (_name, values) => {
    expect(() => idempotentRequestOf(requestWith(values))).toThrow(
      expect.objectContaining({ code: "idempotency_key_invalid" }),
    );
  });

  it("takes 255 characters", () => {
    expect(idempotentRequestOf(requestWith(["x".repeat(255)]))?.key).toHaveLength(255);
  });
});

describe("the fingerprint of a request", () => {
  it("does not depend on the order of members", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (body) => {
        const reversed = Object.fromEntries(Object.entries(body).reverse());
        expect(fingerprintOf("POST", "/orders", reversed)).toEqual(fingerprintOf("POST", "/orders", body));
      }),
    );
  });

  it("tells requests apart by method, route and every member, also where one leaves a member out", () => {
    const base = fingerprintOf("POST", "/orders", { plan_id: 1 });
    for (const other of [
      fingerprintOf("PUT", "/orders", { plan_id: 1 }),
      fingerprintOf("POST", "/order", { plan_id: 1 }),
      fingerprintOf("POST", "/orders", { plan_id: 2 }),
      fingerprintOf("POST", "/orders", { plan_id: "1" }),
      fingerprintOf("POST", "/orders", { plan_id: 1, currency: "USD" }),
    ]) {
      expect(other).not.toEqual(base);
    }
  });
});
