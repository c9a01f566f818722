import { describe, expect, test } from "vitest";
import { describeSupplier } from "../../../../tests/conformance/supplier.js";
import type { SupplierHarness } from "../../../../tests/conformance/supplier-bench.js";
import { isLocalIccid } from "../formats/local-iccid.js";
import { makeLocalSupplier } from "./local-supplier.js";

const secret = Buffer.alloc(32, 7);
const make = (iccidFormat: "seed" | "e118") =>
  makeLocalSupplier({ smdpAddress: "smdp.tribi.example", iccidFormat, secret });

/** A supplier without books or network: only the promises about codes and questions apply. */
const harness = (iccidFormat: "seed" | "e118"): SupplierHarness => ({
  supplier: make(iccidFormat),
  packageId: "any",
  topUpPackageId: null,
  purchases: () => null,
  unreachable: null,
  unauthorised: null,
  fault: null,
  setStock: () => undefined,
  setBalanceEmpty: null,
  use: null,
  repeatIccid: null,
  stop: async () => undefined,
});

describeSupplier("local, seed format", async () => harness("seed"));
describeSupplier("local, e118 format", async () => harness("e118"));

describe("local supplier", () => {
  test("the same reference is the same top-up, however often it is sent or looked for", async () => {
    const supplier = make("seed");
    const esim = { supplierReference: "TRB-1-1", supplierOrderId: "TRB-1-1", iccid: null };
    const request = { reference: "TRB-2-1", esim, packageId: "7", expectedCost: null };
    const sent = await supplier.topUp(request);
    expect(sent).toMatchObject({ kind: "done", value: { supplierTopUpId: "TRB-2-1", state: "done" } });
    expect(await supplier.topUp(request)).toEqual(sent);
    const found = await supplier.findTopUp({ ...request, sentAfterMillis: 0, knownSupplierTopUpIds: [] });
    expect(found).toMatchObject({ value: { found: "one", topUp: { supplierTopUpId: "TRB-2-1" } } });
  });

  const esimOf = async (reference: string, format: "seed" | "e118" = "seed") => {
    const outcome = await make(format).order({ reference, packageId: "any", expectedCost: null });
    const esim = outcome.kind === "done" ? outcome.value.esims[0] : undefined;
    if (!esim) throw new Error(outcome.kind);
    return esim;
  };

  test("the code is a UUID v4, the matching id the same in upper case, the QR payload complete", async () => {
    const esim = await esimOf("TRB-1-1");
    expect(esim.activationCode).toMatch(
      /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
    );
    expect(esim.matchingId).toBe(esim.activationCode?.toUpperCase());
    expect(esim.qrPayload).toBe(`LPA:1$smdp.tribi.example$${esim.matchingId}`);
  });

  test("ten thousand references give ten thousand codes and ICCIDs of the chosen form", async () => {
    const codes = new Set<string>();
    const iccids = new Set<string>();
    for (let index = 0; index < 10_000; index += 1) {
      const esim = await esimOf(`TRB-${index}-1`);
      codes.add(esim.matchingId);
      iccids.add(esim.iccid ?? "");
    }
    expect([codes.size, iccids.size]).toEqual([10_000, 10_000]);
    expect([...iccids].every((iccid) => isLocalIccid(iccid, "seed"))).toBe(true);
    expect(isLocalIccid((await esimOf("TRB-1-1", "e118")).iccid ?? "", "e118")).toBe(true);
  });

  test("another secret is another code", async () => {
    const other = makeLocalSupplier({
      smdpAddress: "a.example",
      iccidFormat: "seed",
      secret: Buffer.alloc(32, 8),
    });
    const outcome = await other.order({ reference: "TRB-1-1", packageId: "any", expectedCost: null });
    const esim = outcome.kind === "done" ? outcome.value.esims[0] : undefined;
    expect(esim?.matchingId).not.toBe((await esimOf("TRB-1-1")).matchingId);
  });

  test("an address that no phone could reach and a short secret are refused at start", () => {
    const options = { smdpAddress: "smdp.example.com", iccidFormat: "seed" as const, secret };
    expect(() => makeLocalSupplier({ ...options, smdpAddress: "localhost" })).toThrow(RangeError);
    expect(() => makeLocalSupplier({ ...options, secret: Buffer.alloc(31) })).toThrow(RangeError);
  });
});
