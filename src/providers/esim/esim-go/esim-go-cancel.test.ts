import { FAKE_ESIM_GO_KEY, type FakeEsimGo, startFakeEsimGo } from "@tribi/fakes/esim-go/fake-server";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { EsimRef, EsimSupplier } from "../port.js";
import { makeEsimGoSupplier } from "./esim-go-supplier.js";

const BUNDLE = "esim_1GB_7D_NL_V2";
const REVOKE = "^DELETE ";

describe("giving an eSIM back to eSIM Go", () => {
  let fake: FakeEsimGo;
  let supplier: EsimSupplier & { close(): Promise<void> };
  let esim: EsimRef;
  const options = () => ({ baseUrl: fake.url, apiKey: FAKE_ESIM_GO_KEY, areRefundsEnabled: true });
  beforeEach(async () => {
    fake = await startFakeEsimGo();
    supplier = makeEsimGoSupplier(options());
    const outcome = await supplier.order({ reference: "TRB-1-1", packageId: BUNDLE, expectedCost: null });
    const [data] = outcome.kind === "done" ? outcome.value.esims : [];
    if (outcome.kind !== "done" || !data) throw new Error(outcome.kind);
    esim = { ...data, supplierOrderId: outcome.value.supplierOrderId };
  });
  afterEach(async () => {
    await supplier.close();
    await fake.stop();
  });
  const revokes = () => fake.http.calls.filter(({ method }) => method === "DELETE").length;

  test("the money is back only when the answer says so", async () => {
    expect(await supplier.cancel(esim)).toMatchObject({ value: { result: "refunded" } });
  });

  test("without the account manager's switch the same status revokes and says nothing of a refund", async () => {
    fake.settings.areRefundsEnabled = false;
    expect(await supplier.cancel(esim)).toMatchObject({ value: { result: "revoked" } });
    expect(fake.ledger.esims[0]?.plan).toBe("revoked");
  });

  test.each([
    ["Successfully Revoked Bundle, bundle has been refunded to balance", "refunded"],
    ["Successfully Revoked Bundle, value has been credited", "refunded"],
    ["Successfully Revoked Bundle, it could not be refunded", "revoked"],
    ["Successfully Revoked Bundle without refund", "revoked"],
  ])("%s: %s", async (status, result) => {
    const act = { kind: "reply", status: 200, body: { status } } as const;
    fake.http.script({ on: REVOKE, times: 2, act });
    expect(await supplier.cancel(esim)).toMatchObject({ value: { result } });
  });

  test("a lost answer is unknown, and being gone from the account is the proof afterwards", async () => {
    fake.http.script({ on: REVOKE, act: { kind: "reply", status: 200, body: { status: "can be revoked" } } });
    fake.http.script({ on: REVOKE, act: { kind: "drop_after" } });
    expect(await supplier.cancel(esim)).toMatchObject({ kind: "unknown" });
    const before = revokes();
    for (const _time of [1, 2])
      expect(await supplier.cancel(esim)).toMatchObject({ value: { result: "revoked" } });
    expect(revokes()).toBe(before);
  });

  test("a key that is not accepted does not make an eSIM gone", async () => {
    const other = makeEsimGoSupplier({ ...options(), apiKey: "wrong" });
    expect(await other.cancel(esim)).toMatchObject({ kind: "refused", reason: "auth" });
    expect(await other.getStatus(esim)).toMatchObject({ kind: "refused", reason: "auth" });
    await other.close();
  });

  test("an eSIM that is not ours any more is not found by a question", async () => {
    await supplier.cancel(esim);
    expect(await supplier.getStatus(esim)).toMatchObject({ kind: "refused", reason: "not_found" });
  });

  test("an installed eSIM stays in the account, and its bundle that is revoked already is not asked about again", async () => {
    Object.assign(fake.ledger.esims[0] ?? {}, { profile: "installed" });
    expect(await supplier.cancel(esim)).toMatchObject({ value: { result: "refunded" } });
    const before = revokes();
    expect(await supplier.cancel(esim)).toMatchObject({ value: { result: "revoked" } });
    expect(revokes()).toBe(before);
  });

  test("a bundle that has started is validated first and then left alone", async () => {
    Object.assign(fake.ledger.esims[0] ?? {}, { plan: "active" });
    expect(await supplier.cancel(esim)).toMatchObject({ value: { result: "impossible" } });
    expect(fake.ledger.esims[0]?.plan).toBe("active");
  });

  test("where our settings say that refunds are not enabled nothing is revoked, and no call is made", async () => {
    const other = makeEsimGoSupplier({ ...options(), areRefundsEnabled: false });
    expect(other.capabilities.cancellable).toBe("never");
    expect(await other.cancel(esim)).toMatchObject({ value: { result: "impossible" } });
    expect(revokes()).toBe(0);
    await other.close();
  });

  test("another order's number that begins like ours is not ours", async () => {
    const shorter = { ...esim, supplierOrderId: esim.supplierOrderId.slice(0, -1) };
    expect(await supplier.cancel(shorter)).toMatchObject({ kind: "refused", reason: "not_found" });
  });
});
