import type { VariableReader } from "./variables.js";

/** Each eSIM supplier's own variables. A supplier exists when its credentials are set; half of them is a problem. */
export function readSuppliers(reader: VariableReader, isProduction: boolean) {
  const timeoutMillis = reader.integer("SUPPLIER_TIMEOUT_SECONDS", 30, { min: 1, max: 120 }) * 1_000;
  /** Within twice the time-out a request has come to its end there, also one that nobody waits for any more. */
  const settlesAfterSecondsMin = (2 * timeoutMillis) / 1_000;
  const settlesAfterSeconds = reader.integer("SUPPLIER_SETTLING_SECONDS", settlesAfterSecondsMin, {
    min: settlesAfterSecondsMin,
    max: 600,
  });
  const apiBase = (name: string, fallback: string): string =>
    readApiBase(reader, name, isProduction) ?? fallback;
  const airaloBase = apiBase("AIRALO_API_BASE", "https://partners-api.airalo.com/v2");
  const esimAccessBase = apiBase("ESIM_ACCESS_API_BASE", "https://api.esimaccess.com/api/v1/open");
  const esimGoBase = apiBase("ESIM_GO_API_BASE", "https://api.esim-go.com/v2.4");
  const clientId = reader.text("AIRALO_CLIENT_ID");
  const clientSecret = reader.text("AIRALO_CLIENT_SECRET");
  if ((clientId === null) !== (clientSecret === null)) {
    reader.problem(
      clientId === null ? "AIRALO_CLIENT_ID" : "AIRALO_CLIENT_SECRET",
      "is missing although the other half of Airalo's credentials is set",
    );
  }
  const airalo = {
    baseUrl: airaloBase,
    timeoutMillis,
    settlesAfterSeconds,
    /** With an address orders are asynchronous. */
    webhookUrl: reader.url("AIRALO_WEBHOOK_URL", isProduction ? ["https:"] : ["https:", "http:"]),
    signsRequests: reader.flag("AIRALO_SIGN_REQUESTS", false),
    webhookGivesUpAfterSeconds: reader.integer("AIRALO_UNLISTED_SECONDS", 18_000, { min: 0, max: 86_400 }),
  };
  const accessCode = reader.text("ESIM_ACCESS_CODE");
  const senders = reader.list("ESIM_ACCESS_WEBHOOK_SENDERS");
  const esimAccess = {
    baseUrl: esimAccessBase,
    timeoutMillis,
    settlesAfterSeconds,
    secretKey: reader.text("ESIM_ACCESS_SECRET_KEY"),
    /** null: the addresses that the supplier has published. */
    webhookSenders: senders.length === 0 ? null : senders,
  };
  const apiKey = reader.text("ESIM_GO_API_KEY");
  const esimGo = {
    baseUrl: esimGoBase,
    timeoutMillis,
    settlesAfterSeconds,
    areRefundsEnabled: reader.flag("ESIM_GO_REFUNDS_ENABLED", false),
    unlistedSecondsMax: reader.integer("ESIM_GO_UNLISTED_SECONDS", 600, { min: 0, max: 3_600 }),
    callbackVersion: reader.choice("ESIM_GO_CALLBACK_VERSION", ["v2", "v3"], "v3"),
  };
  return {
    timeoutMillis,
    airalo: clientId === null || clientSecret === null ? null : { ...airalo, clientId, clientSecret },
    esimAccess: accessCode === null ? null : { ...esimAccess, accessCode },
    esimGo: apiKey === null ? null : { ...esimGo, apiKey },
  };
}

/** The supplier of plans that name none has to be one that exists. */
export function readDefaultSupplier(reader: VariableReader, suppliers: SuppliersConfig): string {
  const name = reader.textOr("ESIM_SUPPLIER", "local").toLowerCase();
  const remote = {
    airalo: suppliers.airalo,
    "esim-access": suppliers.esimAccess,
    "esim-go": suppliers.esimGo,
  };
  const entry = Object.entries(remote).find(([id]) => id === name);
  if (entry?.[1] === null) reader.problem("ESIM_SUPPLIER", `is ${name}, whose credentials are not set`);
  if (!entry && name !== "local" && name !== "stock") {
    reader.problem("ESIM_SUPPLIER", `must be one of local, stock, ${Object.keys(remote).join(", ")}`);
  }
  return name;
}

export type SuppliersConfig = ReturnType<typeof readSuppliers>;

const LOOPBACK = new Set(["localhost", "127.0.0.1", "[::1]"]);

/** Plain http is for a fake on this machine; the adapters refuse it elsewhere, so it is said here by name. */
function readApiBase(reader: VariableReader, name: string, isProduction: boolean): string | null {
  const url = reader.url(name, isProduction ? ["https:"] : ["https:", "http:"]);
  if (url === null) return null;
  const { protocol, hostname } = new URL(url);
  if (protocol === "https:" || LOOPBACK.has(hostname)) return url;
  reader.problem(name, "must begin with https: unless it is on this machine");
  return null;
}
