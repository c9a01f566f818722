import { randomUUID } from "node:crypto";
import { expect, test } from "vitest";
import { makeAccessTokens } from "./access-token.js";

const NOW = Date.UTC(2030, 0, 1);
const clock = { nowMillis: () => NOW };
const lifetimeSeconds = 1440 * 60;
const secrets = ["the-first-signs-and-is-long-enough-000001", "the-second-verifies-only-long-enough-02"];

test("a thousand tokens: every claim in each, no jti twice, and never longer than the session", () => {
  const tokens = makeAccessTokens({ secrets, lifetimeSeconds, clock });
  const seen = new Set<unknown>();
  for (let userId = 1; userId <= 1_000; userId += 1) {
    const sid = randomUUID();
    const sessionSeconds = userId % 2 === 0 ? 30 * 86_400 : 60;
    const { token } = tokens.issue({ userId, sid }, NOW + sessionSeconds * 1000);
    const [, payload = ""] = token.split(".");
    const claims = JSON.parse(Buffer.from(payload, "base64url").toString()) as Record<string, unknown>;
    expect(claims).toEqual({
      sub: String(userId),
      sid,
      iat: NOW / 1000,
      exp: NOW / 1000 + Math.min(lifetimeSeconds, sessionSeconds),
      iss: "tribi",
      aud: "tribi-api",
      jti: expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
    expect(tokens.read(token)).toEqual({ userId, sid });
    seen.add(claims.jti);
  }
  expect(seen.size).toBe(1_000);
});

test("the first secret signs, all verify, and one that was taken away does not", () => {
  const claims = { userId: 7, sid: randomUUID() };
  const old = makeAccessTokens({ secrets: secrets.slice(1), lifetimeSeconds, clock });
  const rotating = makeAccessTokens({ secrets, lifetimeSeconds, clock });
  const after = makeAccessTokens({ secrets: secrets.slice(0, 1), lifetimeSeconds, clock });
  const [before, now] = [old, rotating].map((one) => one.issue(claims, NOW + 60_000).token);
  expect(rotating.read(before ?? "")).toEqual(claims);
  expect(after.read(before ?? "")).toBeUndefined();
  expect(after.read(now ?? "")).toEqual(claims);
  expect(old.read(now ?? "")).toBeUndefined();
});
