import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { request as httpsRequest } from "node:https";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { signStripePayload } from "../../src/providers/payment/stripe/stripe-signature.js";
import { startTestApp, type TestApp } from "../support/app.js";
import { eventually } from "../support/eventually.js";
import { freePort } from "../support/processes.js";
import { selfSigned } from "../support/self-signed.js";

const OPS = path.join(path.dirname(fileURLToPath(import.meta.url)), "../../ops");
const SECRET = "whsec_0123456789abcdefghijklmnopq";
const isInstalled = (program: string): boolean => spawnSync(program, ["-v"]).error === undefined;

interface Running {
  readonly port: number;
  stop(): Promise<void>;
}

type Start = (folder: string, storePort: string) => Promise<Running>;

async function run(program: string, args: readonly string[], folder: string, port: number): Promise<Running> {
  const child: ChildProcess = spawn(program, args, {
    stdio: "ignore",
    env: { ...process.env, HOME: folder, XDG_DATA_HOME: folder },
  });
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  await eventually(async () => (await ask(port, "GET", "/health/live")).status === 200, { what: program });
  return {
    port,
    stop: async () => {
      child.kill("SIGTERM");
      await ended;
    },
  };
}

/** Over TLS as a browser does, but for whom the certificate is from. */
function ask(
  port: number,
  method: string,
  target: string,
  options: { headers?: Record<string, string>; body?: Buffer } = {},
): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const request = httpsRequest(
      {
        host: "127.0.0.1",
        port,
        method,
        path: target,
        rejectUnauthorized: false,
        servername: "shop.example.com",
        headers: { host: "shop.example.com", ...options.headers },
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("end", () =>
          resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString() }),
        );
      },
    );
    request.on("error", reject);
    request.end(options.body);
  });
}

const startNginx: Start = async (folder, storePort) => {
  const [port, plainPort] = [await freePort(), await freePort()];
  const { key, cert } = selfSigned();
  writeFileSync(path.join(folder, "privkey.pem"), key);
  writeFileSync(path.join(folder, "fullchain.pem"), cert);
  mkdirSync(path.join(folder, "temp"), { recursive: true });
  const sample = readFileSync(path.join(OPS, "nginx/tribi.conf"), "utf8")
    .replaceAll("/etc/letsencrypt/live/shop.example.com", folder)
    .replace("listen 443", `listen 127.0.0.1:${port}`)
    .replace("listen 80", `listen 127.0.0.1:${plainPort}`)
    .replace("127.0.0.1:8000", `127.0.0.1:${storePort}`);
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map(
    (name) => `${name}_temp_path ${folder}/temp/${name};`,
  );
  writeFileSync(
    path.join(folder, "nginx.conf"),
    `daemon off; pid ${folder}/nginx.pid; error_log ${folder}/error.log;\nevents {}\nhttp { access_log off; ${temporary.join(" ")}\n${sample}\n}\n`,
  );
  return run("nginx", ["-p", folder, "-c", path.join(folder, "nginx.conf")], folder, port);
};

const startCaddy: Start = async (folder, storePort) => {
  const [port, plainPort] = [await freePort(), await freePort()];
  const sample = readFileSync(path.join(OPS, "caddy/Caddyfile"), "utf8")
    .replace("shop.example.com {", "shop.example.com {\n\ttls internal")
    .replace("127.0.0.1:8000", `127.0.0.1:${storePort}`);
  const options = `{\n\tadmin off\n\tauto_https disable_redirects\n\thttp_port ${plainPort}\n\thttps_port ${port}\n\tskip_install_trust\n}\n`;
  writeFileSync(path.join(folder, "Caddyfile"), options + sample);
  return run(
    "caddy",
    ["run", "--config", path.join(folder, "Caddyfile"), "--adapter", "caddyfile"],
    folder,
    port,
  );
};

describe.each([
  ["nginx", startNginx],
  ["caddy", startCaddy],
] as const)("a store behind ops/%s", (program, start) => {
  const isThere = isInstalled(program);
  const folder = mkdtempSync(path.join(tmpdir(), `tribi-${program}-`));
  let app: TestApp;
  let proxy: Running;
  beforeAll(async () => {
    if (!isThere) return;
    app = await startTestApp(
      {
        TRUST_PROXY: "127.0.0.1/32",
        STRIPE_SECRET_KEY: "sk_test_0123456789abcdefghijklmnop",
        STRIPE_WEBHOOK_SECRET: SECRET,
        PAYMENT_PROVIDER: "MOCK",
      },
      { worker: false },
    );
    proxy = await start(folder, new URL(app.url).port);
  });
  afterAll(async () => {
    await proxy?.stop();
    await app?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it.skipIf(!isThere)("counts by the client's own address, whatever the client writes", async () => {
    const { status } = await ask(proxy.port, "POST", "/auth/request-code", {
      headers: { "content-type": "application/json", "x-forwarded-for": "203.0.113.9, 198.51.100.7" },
      body: Buffer.from(JSON.stringify({ email: "behind@example.com" })),
    });
    expect(status).toBe(200);
    const rows = await app.database.query<{ address: string }>(
      "select host(ip_address) as address from auth_codes",
    );
    expect(rows).toEqual([{ address: "127.0.0.1" }]);
  });

  it.skipIf(!isThere)("passes a webhook's bytes on as they were signed, and no metrics", async () => {
    const body = Buffer.from('{ "not": "an event",\r\n\t"é": 1 }');
    const signature = signStripePayload(body, [SECRET], Math.floor(Date.now() / 1000));
    const headers = { "content-type": "application/json", "stripe-signature": signature };
    const { status, text } = await ask(proxy.port, "POST", "/payments/webhook/stripe", { headers, body });
    expect([status, JSON.parse(text).code]).toEqual([400, "malformed_json"]);
    expect((await ask(proxy.port, "GET", "/metrics")).status).toBe(404);
  });
});
