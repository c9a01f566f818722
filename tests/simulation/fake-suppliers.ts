import { FAKE_AIRALO_ID, FAKE_AIRALO_SECRET } from "@tribi/fakes/airalo/fake-orders";
import { type FakeAiralo, startFakeAiralo } from "@tribi/fakes/airalo/fake-server";
import {
  FAKE_ESIM_ACCESS_CODE,
  type FakeEsimAccess,
  startFakeEsimAccess,
} from "@tribi/fakes/esim-access/fake-server";
import { FAKE_ESIM_GO_KEY, type FakeEsimGo, startFakeEsimGo } from "@tribi/fakes/esim-go/fake-server";
import type { FakeHttp } from "@tribi/fakes/supplier/fake-http";
import type { Ledger } from "@tribi/fakes/supplier/ledger";
import { makeWebhookPathSecret } from "../../src/modules/esims/suppliers/supplier-events.js";

/** One fake supplier as the faults and the comparison of books see it. */
export interface FakeSupplier {
  readonly id: "airalo" | "esim-access" | "esim-go";
  readonly ledger: Ledger;
  readonly http: FakeHttp;
  /** Regular expressions over "METHOD path". */
  readonly orderPath: string;
  readonly questionPath: string;
  readonly topUpPath: string;
}

export interface FakeSuppliers {
  readonly airalo: FakeAiralo;
  readonly access: FakeEsimAccess;
  readonly go: FakeEsimGo;
  readonly all: readonly FakeSupplier[];
  /** How a process of the shop reaches them. */
  readonly environment: Readonly<Record<string, string>>;
  /** Where they send their events from now on. */
  aimWebhooks(url: string): void;
  stop(): Promise<void>;
}

const INDEX_KEY = "campaign-index-key-0123456789abcdef0123456789";

export async function startFakeSuppliers(): Promise<FakeSuppliers> {
  const [airalo, access, go] = await Promise.all([
    startFakeAiralo(),
    startFakeEsimAccess(),
    startFakeEsimGo(),
  ]);
  const secret = makeWebhookPathSecret(INDEX_KEY)("esim-access");
  return {
    airalo,
    access,
    go,
    all: [
      {
        id: "airalo",
        ledger: airalo.ledger,
        http: airalo.http,
        orderPath: "^POST /v2/orders(-async)?$",
        questionPath: "^GET /v2/orders",
        topUpPath: "^POST /v2/orders/topups$",
      },
      {
        id: "esim-access",
        ledger: access.ledger,
        http: access.http,
        orderPath: "^POST /api/v1/open/esim/order$",
        questionPath: "^POST /api/v1/open/esim/query$",
        topUpPath: "^POST /api/v1/open/esim/topup$",
      },
      {
        id: "esim-go",
        ledger: go.ledger,
        http: go.http,
        orderPath: "^POST /v2.4/orders$",
        questionPath: "^GET /v2.4/(orders|esims/assignments)$",
        // Like any order there.
        topUpPath: "^POST /v2.4/orders$",
      },
    ],
    environment: {
      DATA_INDEX_KEY: INDEX_KEY,
      AIRALO_API_BASE: airalo.url,
      AIRALO_CLIENT_ID: FAKE_AIRALO_ID,
      AIRALO_CLIENT_SECRET: FAKE_AIRALO_SECRET,
      ESIM_ACCESS_API_BASE: access.url,
      ESIM_ACCESS_CODE: FAKE_ESIM_ACCESS_CODE,
      ESIM_ACCESS_WEBHOOK_SENDERS: "127.0.0.1",
      ESIM_GO_API_BASE: go.url,
      ESIM_GO_API_KEY: FAKE_ESIM_GO_KEY,
      ESIM_GO_REFUNDS_ENABLED: "true",
    },
    aimWebhooks(url) {
      access.settings.webhookUrl = `${url}/esims/webhook/esim-access/${secret}`;
      airalo.settings.webhookUrl = `${url}/esims/webhook/airalo`;
      go.settings.callbackUrl = `${url}/esims/webhook/esim-go`;
    },
    async stop() {
      await Promise.all([airalo.stop(), access.stop(), go.stop()]);
    },
  };
}
