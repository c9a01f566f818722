import { describe, expect, test } from "vitest";
import { readDefaultSupplier, readSuppliers } from "./suppliers.js";
import { makeVariableReader } from "./variables.js";

function read(environment: Record<string, string>, isProduction = false) {
  const reader = makeVariableReader(environment);
  return {
    suppliers: readSuppliers(reader, isProduction),
    problems: reader.problems.map(({ name }) => name),
  };
}

describe("suppliers' variables", () => {
  test("without credentials there is no real supplier", () => {
    expect(read({})).toEqual({
      suppliers: { timeoutMillis: 30_000, airalo: null, esimAccess: null, esimGo: null },
      problems: [],
    });
  });

  test("credentials make a supplier at its own address, with refunds at eSIM Go off until they are switched on", () => {
    const { suppliers, problems } = read({
      AIRALO_CLIENT_ID: "id",
      AIRALO_CLIENT_SECRET: "secret",
      ESIM_ACCESS_CODE: "code",
      ESIM_GO_API_KEY: "key",
    });
    expect(problems).toEqual([]);
    expect(suppliers.airalo).toMatchObject({
      baseUrl: "https://partners-api.airalo.com/v2",
      webhookUrl: null,
    });
    expect(suppliers.esimAccess).toMatchObject({ secretKey: null, webhookSenders: null });
    expect(suppliers.esimGo).toMatchObject({ areRefundsEnabled: false, callbackVersion: "v3" });
  });

  test("suppliers settle twice their time-out after a purchase, later when the operator wants, never earlier", () => {
    const credentials = { AIRALO_CLIENT_ID: "id", AIRALO_CLIENT_SECRET: "secret" };
    expect(read(credentials).suppliers.airalo?.settlesAfterSeconds).toBe(60);
    const slow = { ...credentials, SUPPLIER_TIMEOUT_SECONDS: "50" };
    expect(read(slow).suppliers.airalo?.settlesAfterSeconds).toBe(100);
    expect(read({ ...slow, SUPPLIER_SETTLING_SECONDS: "300" }).suppliers.airalo?.settlesAfterSeconds).toBe(
      300,
    );
    expect(read({ ...slow, SUPPLIER_SETTLING_SECONDS: "60" }).problems).toEqual([
      "SUPPLIER_SETTLING_SECONDS",
    ]);
  });

  test("the default supplier has to exist", () => {
    const problemsOf = (environment: Record<string, string>) => {
      const reader = makeVariableReader(environment);
      readDefaultSupplier(reader, readSuppliers(reader, false));
      return reader.problems.map(({ message }) => message);
    };
    expect(problemsOf({})).toEqual([]);
    expect(problemsOf({ ESIM_SUPPLIER: "esim-go", ESIM_GO_API_KEY: "key" })).toEqual([]);
    expect(problemsOf({ ESIM_SUPPLIER: "esim-go" })).toEqual(["is esim-go, whose credentials are not set"]);
    expect(problemsOf({ ESIM_SUPPLIER: "nobody" })[0]).toContain("must be one of local, stock, airalo");
  });

  test("half of Airalo's credentials, and http to another machine or in production, are problems by name", () => {
    expect(read({ AIRALO_CLIENT_ID: "id" }).problems).toEqual(["AIRALO_CLIENT_SECRET"]);
    expect(read({ ESIM_GO_API_BASE: "http://10.0.0.5/v2.4" }).problems).toEqual(["ESIM_GO_API_BASE"]);
    expect(read({ ESIM_GO_API_BASE: "http://127.0.0.1:9/v2.4" }).problems).toEqual([]);
    expect(read({ ESIM_GO_API_BASE: "http://127.0.0.1:9/v2.4" }, true).problems).toEqual([
      "ESIM_GO_API_BASE",
    ]);
  });
});
