import { FAKE_AIRALO_ID, FAKE_AIRALO_SECRET } from "@tribi/fakes/airalo/fake-orders";
import { type FakeAiralo, startFakeAiralo } from "@tribi/fakes/airalo/fake-server";
import { AIRALO_SHAPES, type FakeAiraloShapes } from "@tribi/fakes/airalo/fake-shapes";
import { describeShapes, describeSupplier } from "../../../../tests/conformance/supplier.js";
import type { SupplierHarness } from "../../../../tests/conformance/supplier-bench.js";
import { makeAiraloSupplier } from "./airalo-supplier.js";

const optionsFor = (fake: FakeAiralo) => ({
  baseUrl: fake.url,
  clientId: FAKE_AIRALO_ID,
  clientSecret: FAKE_AIRALO_SECRET,
  timeoutMillis: 1_500,
});

async function startHarness(shape: Partial<FakeAiraloShapes> = {}): Promise<SupplierHarness> {
  const fake = await startFakeAiralo();
  Object.assign(fake.settings, shape);
  const supplier = makeAiraloSupplier(optionsFor(fake));
  const unauthorised = makeAiraloSupplier({ ...optionsFor(fake), clientSecret: "wrong" });
  const unreachable = makeAiraloSupplier({ ...optionsFor(fake), baseUrl: "http://127.0.0.1:1/v2" });
  const paths = { order: "^POST /v2/orders$", question: "^GET ", topUp: "^POST /v2/orders/topups$" };
  return {
    supplier,
    unauthorised,
    unreachable,
    packageId: "moshi-7days-1gb",
    topUpPackageId: "moshi-7days-1gb-topup",
    purchases: () => fake.ledger.orders.length,
    fault: (on, act) => fake.http.script({ on: paths[on], act }),
    setStock: (stock) => Object.assign(fake.ledger.packages[0] ?? {}, { stock }),
    setBalanceEmpty: (isEmpty) => {
      fake.ledger.balance = isEmpty ? 0 : 10_000_000_000;
    },
    use({ supplierReference }, percent) {
      const esim = fake.ledger.esims.find((entry) => String(11_000 + entry.id) === supplierReference);
      Object.assign(esim ?? {}, { plan: "active", usedBytes: ((esim?.totalBytes ?? 0) / 100) * percent });
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

describeSupplier("airalo", startHarness);
describeShapes("airalo", AIRALO_SHAPES, startHarness);
