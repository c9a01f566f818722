import { randomBytes } from "node:crypto";
import { createTribi, makeIdempotencyKey, type Schemas, type Tribi } from "@tribi/client";
import { loadConfig } from "../config/config.js";
import { readEnvironment } from "../config/env.js";
import { DemoError, demoErrorOf } from "./demo-error.js";
import { terminalQr } from "./terminal-qr.js";

export interface DemoOptions {
  /** Where the store is; this machine's by default. */
  readonly url?: string;
  readonly email?: string;
  /** ISO 3166 alpha-2. */
  readonly country: string;
}

const say = (line = ""): void => void process.stdout.write(`${line}\n`);
const step = (text: string): void => say(`* ${text}`);

/** Buys an eSIM from a running store as a customer would. Exits 0, 1 when a step failed, 2 when no store answers. */
export async function demo(options: DemoOptions): Promise<void> {
  const storeUrl = (options.url ?? localStore()).replace(/\/+$/, "");
  try {
    await buyOne(storeUrl, options);
  } catch (error) {
    const { message, exitCode } = demoErrorOf(error, storeUrl);
    process.stderr.write(`${message}\n`);
    process.exitCode = exitCode;
  }
}

/** Speaks to the store as any program does: by the typed client, with nothing from inside. */
async function buyOne(storeUrl: string, options: DemoOptions): Promise<void> {
  const email = options.email ?? `demo-${randomBytes(4).toString("hex")}@example.com`;
  // A store that is not there is told at once.
  const tribi = createTribi({ baseUrl: storeUrl, triesMax: 2 });
  await tribi.request({ method: "GET", path: "/health/ready" });
  step(`the store at ${storeUrl} is ready`);
  await signIn(tribi, email);
  const plan = await choosePlan(tribi, options.country);
  const order = await orderTwice(tribi, plan);
  await pay(tribi, order);
  const activated = await tribi.esims.activate(order.id);
  show(await tribi.esims.ready(activated.id, { timeoutMillis: 30_000 }), storeUrl, email);
}

function localStore(): string {
  const { values, problems } = readEnvironment();
  const { http } = loadConfig(values, problems);
  return `http://127.0.0.1:${http.port}`;
}

async function signIn(tribi: Tribi, email: string): Promise<void> {
  const { challenge } = await tribi.auth.requestCode(email);
  const code = await waitFor("The mail with the code", 20, () => findCode(tribi, email));
  await tribi.auth.verifyCode({ email, code, challenge });
  step(`signed in as ${email} with the code ${code} from the development inbox`);
}

async function findCode(tribi: Tribi, email: string): Promise<string | undefined> {
  const mails = (await tribi.request({ method: "GET", path: "/dev/inbox.json" })) as readonly {
    to: string;
    text: string;
  }[];
  const mail = mails.find(({ to }) => to === email);
  return mail === undefined ? undefined : /(?<!\d)\d{6,8}(?!\d)/.exec(mail.text)?.[0];
}

async function choosePlan(tribi: Tribi, country: string): Promise<Schemas["Plan"]> {
  const [plan] = await tribi.plans.list({ country });
  if (plan === undefined)
    throw new DemoError(`There is no plan for ${country}. Fill the catalogue with: npx tribi seed`);
  step(`chose "${plan.name}" for ${plan.price.amount_major} ${plan.price.currency}`);
  return plan;
}

/** A client that does not know whether its first request arrived sends it again with the same key. */
async function orderTwice(tribi: Tribi, plan: Schemas["Plan"]): Promise<Schemas["EsimOrder"]> {
  const idempotencyKey = makeIdempotencyKey();
  const first = await tribi.orders.create({ plan_id: plan.id }, { idempotencyKey });
  const second = await tribi.orders.create({ plan_id: plan.id }, { idempotencyKey });
  if (second.id !== first.id)
    throw new DemoError("The repeated request made a second order, which must never happen. Report this.");
  step(`ordered twice with one Idempotency-Key: it is one order, ${first.reference}`);
  return first;
}

async function pay(tribi: Tribi, order: Schemas["EsimOrder"]): Promise<void> {
  const { intent_id: intentId } = await tribi.payments.create({ order_id: order.id, provider: "MOCK" });
  const notice = { intent_id: intentId, status: "succeeded" };
  await tribi.request({ method: "POST", path: "/payments/webhook/mock", body: notice });
  const { status } = await tribi.payments.settled(order.id, { timeoutMillis: 10_000 });
  if (status !== "paid")
    throw new DemoError(`The order is ${status} after it was paid. See the store's log.`);
  step(`paid it through the mock provider (${intentId})`);
}

function show(esim: Schemas["Esim"], storeUrl: string, email: string): void {
  step(`the eSIM is ${esim.status}, ICCID ${esim.iccid}`);
  say();
  const hasColours = process.stdout.isTTY === true && process.stdout.hasColors();
  say(terminalQr(esim.qr_payload ?? "", { hasColours }));
  say();
  say(esim.qr_payload ?? "");
  say(`iPhone:  ${esim.install_links?.apple}`);
  say(`Android: ${esim.install_links?.android}`);
  say();
  say(`The mails to ${email} are at ${storeUrl}/dev/inbox`);
}

/** Asks again until there is a value; the demo ends when it takes too long. */
async function waitFor<Value>(
  what: string,
  seconds: number,
  find: () => Promise<Value | undefined>,
): Promise<Value> {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    const value = await find();
    if (value !== undefined) return value;
    if (Date.now() > deadline) {
      throw new DemoError(
        `${what} did not come within ${seconds} seconds. Is a worker running? See the store's log.`,
      );
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
