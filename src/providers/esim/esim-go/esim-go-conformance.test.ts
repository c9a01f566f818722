import { FAKE_ESIM_GO_KEY, type FakeEsimGo, startFakeEsimGo } from "@tribi/fakes/esim-go/fake-server";
import { ESIM_GO_SHAPES, type FakeEsimGoShapes } from "@tribi/fakes/esim-go/fake-shapes";
import { describeShapes, describeSupplier } from "../../../../tests/conformance/supplier.js";
import type { SupplierHarness } from "../../../../tests/conformance/supplier-bench.js";
import { supplierReferenceOf } from "./esim-go-esims.js";
import { type EsimGoOptions, makeEsimGoSupplier } from "./esim-go-supplier.js";

const BUNDLE = "esim_1GB_7D_NL_V2";
const optionsFor = (fake: FakeEsimGo): EsimGoOptions => ({
  baseUrl: fake.url,
  apiKey: FAKE_ESIM_GO_KEY,
  areRefundsEnabled: true,
  timeoutMillis: 1_500,
});

async function startHarness(shape: Partial<FakeEsimGoShapes> = {}): Promise<SupplierHarness> {
  const fake = await startFakeEsimGo();
  Object.assign(fake.settings, shape);
  const supplier = makeEsimGoSupplier(optionsFor(fake));
  const unauthorised = makeEsimGoSupplier({ ...optionsFor(fake), apiKey: "wrong" });
  const unreachable = makeEsimGoSupplier({ ...optionsFor(fake), baseUrl: "http://127.0.0.1:1/v2.4" });
  const paths = { order: "^POST /v2.4/orders$", question: "^GET ", topUp: "^POST /v2.4/orders$" };
  return {
    supplier,
    unauthorised,
    unreachable,
    packageId: BUNDLE,
    topUpPackageId: BUNDLE,
    purchases: () => fake.ledger.orders.length,
    fault: (on, act) => fake.http.script({ on: paths[on], act }),
    setStock: (stock) => Object.assign(fake.ledger.packages[0] ?? {}, { stock }),
    setBalanceEmpty: (isEmpty) => {
      fake.ledger.balance = isEmpty ? 0 : 10_000_000_000;
    },
    use({ supplierReference }, percent) {
      const esim = fake.ledger.esims.find(
        (entry) => supplierReferenceOf(entry.orderId, entry.iccid) === supplierReference,
      );
      const usedBytes = ((esim?.totalBytes ?? 0) / 100) * percent;
      Object.assign(esim ?? {}, { plan: "active", profile: "installed", usedBytes });
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

describeSupplier("esim-go", startHarness);
describeShapes("esim-go", ESIM_GO_SHAPES, startHarness);
