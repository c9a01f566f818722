import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Answer, TestApp } from "../support/app.js";
import type { TestDatabase } from "../support/database.js";
import { eventually } from "../support/eventually.js";
import { logIn, mailedCode, passTime } from "../support/login.js";
import { type EsimOwner, makeEsimOwner } from "../support/top-ups.js";
import { startTwoProcesses, type TwoProcesses } from "../support/two-processes.js";

/** A person ends at one process while another still remembers the session: the person's row decides, not the memory. */
let processes: TwoProcesses;
let database: TestDatabase;
let here: TestApp;
let there: TestApp;
let adminToken: string;

beforeAll(async () => {
  processes = await startTwoProcesses();
  ({ database, here, there, adminToken } = processes);
});
afterAll(() => processes.stop());

const disable = async (userId: number): Promise<void> => {
  const body = { reason: "a stolen card" };
  const answer = await here.request("POST", `/admin/users/${userId}/disable`, { bearer: adminToken, body });
  expect(answer.status).toBe(200);
};
const ordersOf = (userId: number) =>
  database.query("select id from orders where user_id = $1 order by id", [userId]);

/** What the process that remembers the session is asked to do, and how it refuses. */
const ACTS: Readonly<Record<string, readonly [(owner: EsimOwner) => Promise<Answer>, status: number]>> = {
  "DELETE /auth/me": [({ token }) => there.request("DELETE", "/auth/me", { bearer: token }), 401],
  "PATCH /auth/me": [
    ({ token }) => there.request("PATCH", "/auth/me", { bearer: token, body: { name: "Somebody Else" } }),
    401,
  ],
  "POST /orders": [
    ({ token, planId }) => there.request("POST", "/orders", { bearer: token, body: { plan_id: planId } }),
    401,
  ],
  "POST /esims/:id/top-ups": [
    ({ token, planId, esimId }) =>
      there.request("POST", `/esims/${esimId}/top-ups`, { bearer: token, body: { plan_id: planId } }),
    401,
  ],
  "POST /payments/create": [
    ({ token, esimOrderId }) =>
      there.request("POST", "/payments/create", { bearer: token, body: { order_id: esimOrderId } }),
    404,
  ],
  "POST /esims/:id/install-link": [
    ({ token, esimId }) => there.request("POST", `/esims/${esimId}/install-link`, { bearer: token }),
    409,
  ],
};

describe("disabled at one process, while another remembers the session", () => {
  it.each(Object.entries(ACTS))("%s is refused and changes nothing", async (_, [act, status]) => {
    const owner = await makeEsimOwner(here);
    const before = await ordersOf(owner.userId);
    await there.request("GET", "/auth/me", { bearer: owner.token });
    await disable(owner.userId);
    const answer = await act(owner);
    // Once the memory is too old, the session itself is refused.
    expect([status, 401]).toContain(answer.status);
    expect(await ordersOf(owner.userId)).toEqual(before);
    const [row] = await database.query("select email, name, deleted_at from users where id = $1", [
      owner.userId,
    ]);
    expect(row).toMatchObject({ name: null, deleted_at: null });
    expect(row!.email).not.toMatch(/deleted\.invalid/);
  });

  it("the address signs in to nothing, also when the account was deleted after it was disabled", async () => {
    const { userId } = await logIn(here, "locked-out@example.com");
    await disable(userId);
    const signIn = async (count: number): Promise<string> => {
      await passTime(here, 61);
      const asked = await here.request("POST", "/auth/request-code", {
        body: { email: "locked-out@example.com" },
      });
      expect(asked.status).toBe(200);
      const code = await mailedCode(here, "locked-out@example.com", count);
      const { challenge } = asked.body;
      const answer = await there.request("POST", "/auth/verify-code", {
        body: { email: "locked-out@example.com", code, challenge },
      });
      return answer.body.code ?? String(answer.status);
    };
    expect(await signIn(2)).toBe("invalid_code");
    // As an operator with SQL would: the row is anonymous, the address is not in it any more.
    await database.query(
      "update users set deleted_at = now(), name = null, email = 'deleted-' || id || '@deleted.invalid' where id = $1",
      [userId],
    );
    expect(await signIn(3)).toBe("invalid_code");
    expect(await database.query("select from users where email = 'locked-out@example.com'")).toEqual([]);
  });
});

describe("an order that waits for the end of its person", () => {
  const endings = {
    deleted:
      "update users set deleted_at = now(), name = null, email = 'deleted-' || id || '@deleted.invalid' where id = $1",
    disabled: "update users set disabled_at = now() where id = $1",
  };
  const asked = {
    eSIM: (owner: EsimOwner) =>
      there.request("POST", "/orders", { bearer: owner.token, body: { plan_id: owner.planId } }),
    "top-up": (owner: EsimOwner) =>
      there.request("POST", `/esims/${owner.esimId}/top-ups`, {
        bearer: owner.token,
        body: { plan_id: owner.planId },
      }),
  };
  const cases = (["eSIM", "top-up"] as const).flatMap((kind) =>
    (["deleted", "disabled"] as const).map((ending) => [kind, ending] as const),
  );

  it.each(cases)("is not made: %s, %s", async (kind, ending) => {
    const owner = await makeEsimOwner(here);
    const before = await ordersOf(owner.userId);
    await there.request("GET", "/auth/me", { bearer: owner.token });
    const answer = await database.db.transaction(async (tx) => {
      await tx.run({ name: "", text: "select from users where id = $1 for update" }, [owner.userId]);
      const order = asked[kind](owner);
      await eventually(
        async () =>
          (
            await database.query(
              "select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock' and query like '%orders%'",
            )
          ).length > 0,
        { what: "the order waits" },
      );
      await tx.run({ name: "", text: endings[ending] }, [owner.userId]);
      return { order };
    });
    const { status, body } = await answer.order;
    expect([status, body.code]).toEqual([401, "invalid_credentials"]);
    expect(await ordersOf(owner.userId)).toEqual(before);
  });
});
