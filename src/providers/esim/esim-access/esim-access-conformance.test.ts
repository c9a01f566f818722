import { tranNoOf } from "@tribi/fakes/esim-access/fake-bodies";
import {
  FAKE_ESIM_ACCESS_CODE,
  FAKE_ESIM_ACCESS_SECRET,
  type FakeEsimAccess,
  startFakeEsimAccess,
} from "@tribi/fakes/esim-access/fake-server";
import { ESIM_ACCESS_SHAPES, type FakeEsimAccessShapes } from "@tribi/fakes/esim-access/fake-shapes";
import { describeShapes, describeSupplier } from "../../../../tests/conformance/supplier.js";
import type { SupplierHarness } from "../../../../tests/conformance/supplier-bench.js";
import { makeEsimAccessSupplier } from "./esim-access-supplier.js";

const optionsFor = (fake: FakeEsimAccess) => ({
  baseUrl: fake.url,
  accessCode: FAKE_ESIM_ACCESS_CODE,
  secretKey: FAKE_ESIM_ACCESS_SECRET,
  timeoutMillis: 1_500,
});

async function startHarness(shape: Partial<FakeEsimAccessShapes> = {}): Promise<SupplierHarness> {
  const fake = await startFakeEsimAccess();
  Object.assign(fake.settings, shape);
  fake.ledger.settings.readyAfterPolls = 3;
  const supplier = makeEsimAccessSupplier(optionsFor(fake));
  const unauthorised = makeEsimAccessSupplier({ ...optionsFor(fake), secretKey: "wrong" });
  const unreachable = makeEsimAccessSupplier({ ...optionsFor(fake), baseUrl: "http://127.0.0.1:1/api" });
  const paths = { order: "open/esim/order$", question: "(query|list)$", topUp: "open/esim/topup$" };
  return {
    supplier,
    unauthorised,
    unreachable,
    packageId: "AU1GB7D",
    topUpPackageId: "TOPUP_AU1GB7D",
    purchases: () => fake.ledger.orders.length,
    fault: (on, act) => fake.http.script({ on: paths[on], act }),
    setStock: (stock) => Object.assign(fake.ledger.packages[0] ?? {}, { stock }),
    setBalanceEmpty: (isEmpty) => {
      fake.ledger.balance = isEmpty ? 0 : 10_000_000_000;
    },
    use({ supplierReference }, percent) {
      const esim = fake.ledger.esims.find((entry) => tranNoOf(entry) === supplierReference);
      const usedBytes = ((esim?.totalBytes ?? 0) / 100) * percent;
      Object.assign(esim ?? {}, { plan: "active", profile: "enabled", usedBytes });
    },
    repeatIccid: () => {
      fake.ledger.settings.iccidStyle = "duplicate";
    },
    async stop() {
      await Promise.all([supplier.close(), unauthorised.close(), unreachable.close()]);
      await fake.stop();
    },
  };
}

describeSupplier("esim-access", startHarness);
describeShapes("esim-access", ESIM_ACCESS_SHAPES, startHarness);
