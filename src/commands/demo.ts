import { randomBytes, randomUUID } from "node:crypto";
import { readConfig } from "../config/config.js";
import { type DemoClient, DemoError, makeDemoClient, waitFor } from "./demo-client.js";
import { terminalQr } from "./terminal-qr.js";

export interface DemoOptions {
  /** Where the store is; this machine's by default. */
  readonly url?: string;
  readonly email?: string;
  /** ISO 3166 alpha-2. */
  readonly country: string;
}

interface Plan {
  readonly id: number;
  readonly name: string;
  readonly price: { readonly currency: string; readonly amount_major: string };
}

interface Order {
  readonly id: number;
  readonly reference: string;
  readonly status: string;
}

interface Profile {
  readonly id: number;
  readonly status: string;
  readonly iccid: string;
  readonly qr_payload: string;
  readonly install_links: { readonly apple: string; readonly android: string };
}

const say = (line = ""): void => void process.stdout.write(`${line}\n`);
const step = (text: string): void => say(`* ${text}`);

/** Buys an eSIM from a running store as a customer would. Exits 0, 1 when a step failed, 2 when no store answers. */
export async function demo(options: DemoOptions): Promise<void> {
  try {
    await buyOne(options);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = error instanceof DemoError ? error.exitCode : 1;
  }
}

async function buyOne(options: DemoOptions): Promise<void> {
  const storeUrl = (options.url ?? localStore()).replace(/\/+$/, "");
  const email = options.email ?? `demo-${randomBytes(4).toString("hex")}@example.com`;
  const client = makeDemoClient(storeUrl);
  await client.call("GET", "/health/ready", { expects: [200] });
  step(`the store at ${storeUrl} is ready`);
  await signIn(client, email);
  const plan = await choosePlan(client, options.country);
  const order = await orderTwice(client, plan);
  await pay(client, order);
  show(await activate(client, order), storeUrl, email);
}

function localStore(): string {
  const { http } = readConfig();
  return `http://127.0.0.1:${http.port}`;
}

async function signIn(client: DemoClient, email: string): Promise<void> {
  const asked = await client.call("POST", "/auth/request-code", { body: { email } });
  const { challenge } = asked.body as { challenge: string };
  const code = await waitFor("The mail with the code", 20, () => findCode(client, email));
  const verified = await client.call("POST", "/auth/verify-code", {
    body: { email, code, challenge, session: "bearer" },
  });
  client.signIn((verified.body as { token: string }).token);
  step(`signed in as ${email} with the code ${code} from the development inbox`);
}

async function findCode(client: DemoClient, email: string): Promise<string | undefined> {
  const { body } = await client.call("GET", "/dev/inbox.json");
  const mail = (body as readonly { to: string; text: string }[]).find(({ to }) => to === email);
  return mail === undefined ? undefined : /(?<!\d)\d{6,8}(?!\d)/.exec(mail.text)?.[0];
}

async function choosePlan(client: DemoClient, country: string): Promise<Plan> {
  const { body } = await client.call("GET", `/plans?country=${encodeURIComponent(country)}`);
  const [plan] = body as readonly Plan[];
  if (plan === undefined)
    throw new DemoError(`There is no plan for ${country}. Fill the catalogue with: npx tribi seed`);
  step(`chose "${plan.name}" for ${plan.price.amount_major} ${plan.price.currency}`);
  return plan;
}

/** A client that does not know whether its first request arrived sends it again with the same key. */
async function orderTwice(client: DemoClient, plan: Plan): Promise<Order> {
  const request = { body: { plan_id: plan.id }, headers: { "idempotency-key": randomUUID() } };
  const first = (await client.call("POST", "/orders", request)).body as Order;
  const second = await client.call("POST", "/orders", request);
  const isReplay = second.headers.get("idempotent-replayed") === "true";
  if ((second.body as Order).id !== first.id || !isReplay)
    throw new DemoError("The repeated request made a second order, which must never happen. Report this.");
  step(`ordered twice with one Idempotency-Key: it is one order, ${first.reference}`);
  return first;
}

async function pay(client: DemoClient, order: Order): Promise<void> {
  const created = await client.call("POST", "/payments/create", {
    body: { order_id: order.id, provider: "MOCK" },
  });
  const { intent_id: intentId } = created.body as { intent_id: string };
  await client.call("POST", "/payments/webhook/mock", {
    body: { intent_id: intentId, status: "succeeded" },
  });
  await waitFor("The payment", 10, async () => {
    const { body } = await client.call("GET", `/orders/${order.id}`);
    return (body as Order).status === "paid" ? true : undefined;
  });
  step(`paid it through the mock provider (${intentId})`);
}

async function activate(client: DemoClient, order: Order): Promise<Profile> {
  const expects = [200, 202];
  const first = await client.call("POST", "/esims/activate", { body: { order_id: order.id }, expects });
  if (first.status === 200) return first.body as Profile;
  const { id } = first.body as Profile;
  return waitFor("The eSIM", 30, async () => {
    const profile = (await client.call("GET", `/esims/${id}`)).body as Profile;
    return profile.status === "ready" ? profile : undefined;
  });
}

function show(profile: Profile, storeUrl: string, email: string): void {
  step(`the eSIM is ${profile.status}, ICCID ${profile.iccid}`);
  say();
  const hasColours = process.stdout.isTTY === true && process.stdout.hasColors();
  say(terminalQr(profile.qr_payload, { hasColours }));
  say();
  say(profile.qr_payload);
  say(`iPhone:  ${profile.install_links.apple}`);
  say(`Android: ${profile.install_links.android}`);
  say();
  say(`The mails to ${email} are at ${storeUrl}/dev/inbox`);
}
