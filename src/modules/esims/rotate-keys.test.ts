import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type EsimRoom, makeEsimRoom } from "../../../tests/support/esims.js";
import { makeInstallVault } from "./install-secrets.js";
import { makeRotateKeys } from "./rotate-keys.js";

describe("rotating the sealing keys", () => {
  const key = (id: string) => ({ id, key: randomBytes(32) });
  const [old, fresh] = [key("k1"), key("k2")];
  const indexKey = "an index key of this test, long enough for it";
  let room: EsimRoom;
  beforeAll(async () => {
    room = await makeEsimRoom({
      environment: {
        DATA_ENCRYPTION_KEYS: `k1:${old.key.toString("base64")}`,
        DATA_INDEX_KEY: indexKey,
      },
    });
  });
  afterAll(() => room.stop());

  it("every row opens with the new key alone, fingerprints stay, and a second run has nothing to do", async () => {
    const planId = await room.addPlan([{ supplier: "local", packageId: "1" }]);
    await room.addStock(planId, 3);
    const orders = [await room.addOrder({ planId }), await room.addOrder({ planId })];
    for (const order of orders) await room.esims.provisionEsim(order.id);
    const fingerprints = () => room.database.query("select code_fingerprint from esim_profiles order by id");
    const before = await fingerprints();
    const vault = makeInstallVault({ keys: [fresh, old], indexKey });
    const rotate = makeRotateKeys({ db: room.db, vault });
    expect(await rotate()).toEqual({ seen: 5, resealed: 5 });
    expect(await rotate()).toEqual({ seen: 5, resealed: 0 });
    expect(await fingerprints()).toEqual(before);
    const onlyNew = makeInstallVault({ keys: [fresh], indexKey });
    const rows = await room.database.query<{ id: number; sealed: Buffer }>(
      "select id, sealed from esim_profiles order by id",
    );
    for (const row of rows) {
      expect(onlyNew.openProfile(row.id, row.sealed).qrPayload).toMatch(/^LPA:1\$/);
      expect(() => onlyNew.openProfile(row.id + 1, row.sealed)).toThrow();
      expect(() => onlyNew.openStock(row.id, row.sealed)).toThrow();
    }
  });
});
