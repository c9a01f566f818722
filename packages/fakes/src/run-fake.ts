/** A running fake, and what a person needs to know to use it. */
interface RunningFake {
  readonly url: string;
  /** Lines for `.env`. */
  readonly variables: Readonly<Record<string, string>>;
  /** One line each: where the other side is played by hand. */
  readonly hints: readonly string[];
  stop(): Promise<void>;
}

export interface FakeOptions {
  readonly port: number;
  /** Where the store under development listens; the fake sends its webhooks there. */
  readonly store: string;
}

type StartFake = (options: FakeOptions) => Promise<RunningFake>;

/** Long enough for the start's check on secrets, and visibly not one. */
const WEBHOOK_SECRET = "whsec_of_the_local_fake_0123456789abcdef";

/** Hex, and visibly not a secret. */
const ADYEN_HMAC_KEY = "fa4eadae".repeat(8);

/** A supplier's numbers go on after a restart, and the store remembers them. */
const secondsOfThisYear = (): number => Math.floor(Date.now() / 1000) % 31_536_000;

const packagesOf = (ledger: { readonly packages: readonly { readonly id: string }[] }): string =>
  `it sells ${[...new Set(ledger.packages.map(({ id }) => id))].join(", ")}`;

const FAKES: Readonly<Record<string, StartFake>> = {
  stripe: async ({ port, store }) => {
    const { startFakeStripe } = await import("./stripe/fake-server.js");
    const webhookUrl = `${store}/payments/webhook/stripe`;
    const fake = await startFakeStripe({ port, webhookUrl, webhookSecrets: [WEBHOOK_SECRET] });
    return {
      url: fake.url,
      variables: {
        PAYMENT_PROVIDER: "STRIPE",
        STRIPE_API_BASE: fake.url,
        STRIPE_SECRET_KEY: "sk_test_of_the_local_fake",
        STRIPE_PUBLISHABLE_KEY: "pk_test_of_the_local_fake",
        STRIPE_WEBHOOK_SECRET: WEBHOOK_SECRET,
        STRIPE_JS_URL: `${fake.url}/stripe.js`,
      },
      hints: [
        `${fake.url}/ lists the payments, with buttons to approve, decline, process or cancel each`,
        "cards on the checkout page: 4242 4242 4242 4242 pays, 4000 0000 0000 0002 is declined, 4000 0027 6000 3184 asks for 3-D Secure",
        `webhooks go to ${webhookUrl}`,
      ],
      stop: fake.stop,
    };
  },
  adyen: async ({ port, store }) => {
    const { startFakeAdyen } = await import("./adyen/fake-server.js");
    const { FAKE_ADYEN_KEY } = await import("./adyen/adyen-words.js");
    const webhook = { url: `${store}/payments/webhook/adyen`, hmacKey: ADYEN_HMAC_KEY };
    const fake = await startFakeAdyen({ port, webhook });
    return {
      url: fake.url,
      variables: {
        PAYMENT_PROVIDER: "ADYEN",
        ADYEN_API_BASE: fake.url,
        ADYEN_REPORT_BASE: fake.url,
        ADYEN_API_KEY: FAKE_ADYEN_KEY,
        ADYEN_REPORT_KEY: FAKE_ADYEN_KEY,
        ADYEN_MERCHANT_ACCOUNT: fake.merchantAccount,
        ADYEN_CLIENT_KEY: "test_of_the_local_fake",
        ADYEN_HMAC_KEY,
        ADYEN_JS_URL: `${fake.url}/adyen.js`,
      },
      hints: [
        "cards on the checkout page: 4111 1111 1111 1111 pays, every other number is refused",
        `webhooks go to ${webhook.url}`,
        "reports are made by POST /__control/make_reports",
      ],
      stop: fake.stop,
    };
  },
  airalo: async ({ port, store }) => {
    const { startFakeAiralo } = await import("./airalo/fake-server.js");
    const { FAKE_AIRALO_ID, FAKE_AIRALO_SECRET } = await import("./airalo/fake-orders.js");
    const fake = await startFakeAiralo({ port, numbersAfter: secondsOfThisYear() });
    fake.settings.webhookUrl = `${store}/esims/webhook/airalo`;
    return {
      url: fake.origin,
      variables: {
        AIRALO_API_BASE: fake.url,
        AIRALO_CLIENT_ID: FAKE_AIRALO_ID,
        AIRALO_CLIENT_SECRET: FAKE_AIRALO_SECRET,
      },
      hints: [
        packagesOf(fake.ledger),
        `with AIRALO_WEBHOOK_URL=${fake.settings.webhookUrl} orders are asynchronous`,
      ],
      stop: fake.stop,
    };
  },
  "esim-access": async ({ port }) => {
    const { FAKE_ESIM_ACCESS_CODE, FAKE_ESIM_ACCESS_SECRET, startFakeEsimAccess } = await import(
      "./esim-access/fake-server.js"
    );
    const fake = await startFakeEsimAccess({ port, numbersAfter: secondsOfThisYear() });
    fake.ledger.settings.readyAfterMillis = 5_000;
    return {
      url: fake.origin,
      variables: {
        ESIM_ACCESS_API_BASE: fake.url,
        ESIM_ACCESS_CODE: FAKE_ESIM_ACCESS_CODE,
        ESIM_ACCESS_SECRET_KEY: FAKE_ESIM_ACCESS_SECRET,
        ESIM_ACCESS_WEBHOOK_SENDERS: "127.0.0.1",
      },
      hints: [
        packagesOf(fake.ledger),
        "an eSIM is ready after 5 seconds; the store asks, or set its secret webhook address as settings.webhookUrl",
      ],
      stop: fake.stop,
    };
  },
  "esim-go": async ({ port, store }) => {
    const { FAKE_ESIM_GO_KEY, startFakeEsimGo } = await import("./esim-go/fake-server.js");
    const fake = await startFakeEsimGo({ port, numbersAfter: secondsOfThisYear() });
    fake.settings.callbackUrl = `${store}/esims/webhook/esim-go`;
    return {
      url: fake.origin,
      variables: {
        ESIM_GO_API_BASE: fake.url,
        ESIM_GO_API_KEY: FAKE_ESIM_GO_KEY,
        ESIM_GO_REFUNDS_ENABLED: "true",
      },
      hints: [packagesOf(fake.ledger), `callbacks go to ${fake.settings.callbackUrl}`],
      stop: fake.stop,
    };
  },
};

/** The names that the command takes. */
export const FAKE_NAMES = Object.keys(FAKES);

/**
 * Plays a payment provider or an eSIM supplier for people who develop without an account. Runs until SIGTERM or
 * SIGINT, listens on loopback only, and keeps its books in memory.
 */
export async function runFake(name: string, options: FakeOptions): Promise<void> {
  const start = Object.hasOwn(FAKES, name) ? FAKES[name] : undefined;
  if (start === undefined) {
    throw new Error(`There is no fake called ${name}. There are: ${FAKE_NAMES.join(", ")}.`);
  }
  if (!Number.isInteger(options.port) || options.port < 0 || options.port > 65_535) {
    throw new Error("--port must be a whole number from 0 to 65535.");
  }
  const fake = await start(options);
  process.stdout.write(`${describe(name, fake)}\n`);
  const stop = (): void => void fake.stop().then(() => process.exit(0));
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, stop);
}

function describe(name: string, { url, variables, hints }: RunningFake): string {
  return [
    `The fake ${name} listens on ${url} and forgets everything when it stops (Ctrl-C).`,
    "",
    "Put this into .env and start the store again:",
    ...Object.entries(variables).map(([variable, value]) => `  ${variable}=${value}`),
    "",
    ...hints,
    `control, as JSON over POST: ${url}/__control/<action>; GET ${url}/__control/ledger shows its books`,
    "Every action and fault is described in docs/fakes.md.",
  ].join("\n");
}
