import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { createTribi } from "@tribi/client";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestApp, type TestApp } from "../support/app.js";
import { makeMobileClient, makeWebClient, READ_FIELDS } from "../support/client.js";
import { eventually } from "../support/eventually.js";
import { ESIM_INVARIANTS, MONEY_INVARIANTS, violations } from "../support/invariants.js";
import { logIn } from "../support/login.js";
import { hasMariadb, startMariadb } from "../support/mariadb.js";

/** The earlier backend's tables, with the spellings of its enums: names in some, values in others. */
const LEGACY = `
CREATE TABLE \`countries\` (
  \`id\` int NOT NULL,
  \`iso2\` varchar(2) NOT NULL,
  \`name\` varchar(255) NOT NULL
);
INSERT INTO \`countries\` VALUES (1,'ES','Spain'),(2,'FR','France');
CREATE TABLE \`carriers\` (
  \`id\` int NOT NULL,
  \`name\` varchar(255) NOT NULL
);
INSERT INTO \`carriers\` VALUES (1,'Movi\\'star');
CREATE TABLE \`plans\` (
  \`id\` int NOT NULL,
  \`country_id\` int NOT NULL,
  \`carrier_id\` int NOT NULL,
  \`name\` varchar(255) NOT NULL,
  \`data_gb\` decimal(5,2) NOT NULL,
  \`duration_days\` int NOT NULL,
  \`price_usd\` decimal(8,2) NOT NULL,
  \`description\` text,
  \`is_unlimited\` tinyint(1) DEFAULT NULL
);
INSERT INTO \`plans\` VALUES (1,1,1,'Spain 5 GB',5.00,30,12.50,'Line one\\nline two',0),(2,2,1,'France without end',0.00,7,20.00,NULL,1),(3,9,1,'Nowhere',1.00,7,5.00,NULL,0);
CREATE TABLE \`users\` (
  \`id\` int NOT NULL,
  \`email\` varchar(255) NOT NULL,
  \`name\` varchar(255) DEFAULT NULL,
  \`created_at\` datetime DEFAULT NULL,
  \`last_login\` datetime DEFAULT NULL
);
INSERT INTO \`users\` VALUES (1,'ana@example.com','Ana','2025-01-02 03:04:05',NULL),(2,'Ana@Example.com',NULL,'2025-02-02 03:04:05',NULL),(3,'no address',NULL,NULL,NULL),(4,'bo@example.com','B\\\\o','2025-01-02 03:04:05','2025-05-05 05:05:05');
CREATE TABLE \`orders\` (
  \`id\` int NOT NULL,
  \`user_id\` int NOT NULL,
  \`plan_id\` int NOT NULL,
  \`status\` enum('CREATED','PAID','FAILED','REFUNDED') NOT NULL,
  \`currency\` varchar(8) NOT NULL,
  \`amount_minor_units\` bigint NOT NULL,
  \`provider_ref\` varchar(255) DEFAULT NULL,
  \`idempotency_key\` varchar(255) DEFAULT NULL,
  \`created_at\` datetime DEFAULT NULL,
  \`plan_snapshot\` text
);
INSERT INTO \`orders\` VALUES (10,1,1,'PAID','USD',1250,NULL,'k1','2025-03-01 10:00:00','{"name": "Spain, as it was sold", "data_gb": 3}'),(11,2,1,'PAID','USD',1250,NULL,NULL,'2025-03-02 10:00:00',NULL),(12,4,2,'REFUNDED','USD',2000,NULL,NULL,'2025-03-03 10:00:00',NULL),(13,4,1,'CREATED','USD',1250,NULL,NULL,'2025-03-04 10:00:00',NULL),(14,4,1,'PAID','USD',1250,NULL,NULL,'2025-03-05 10:00:00',NULL),(15,99,1,'PAID','USD',1250,NULL,NULL,'2025-03-06 10:00:00',NULL),(16,4,1,'PAID','USD',1250,NULL,NULL,'2025-03-07 10:00:00',NULL),(17,4,1,'FAILED','USD',1250,NULL,NULL,'2025-03-08 10:00:00',NULL);
CREATE TABLE \`payments\` (
  \`id\` int NOT NULL,
  \`order_id\` int NOT NULL,
  \`provider\` enum('STRIPE','MERCADO_PAGO','MOCK') NOT NULL,
  \`status\` enum('REQUIRES_ACTION','SUCCEEDED','FAILED') NOT NULL,
  \`intent_id\` varchar(255) DEFAULT NULL,
  \`created_at\` datetime DEFAULT NULL
);
INSERT INTO \`payments\` VALUES (1,10,'STRIPE','SUCCEEDED','pi_10','2025-03-01 10:01:00'),(2,11,'MERCADO_PAGO','SUCCEEDED','mp_11','2025-03-02 10:01:00'),(3,17,'STRIPE','SUCCEEDED','pi_17','2025-03-08 10:01:00'),(4,77,'STRIPE','FAILED','pi_77',NULL),(5,14,'STRIPE','SUCCEEDED','pi_14','2025-03-05 10:01:00'),(6,16,'STRIPE','SUCCEEDED','pi_16','2025-03-07 10:01:00');
CREATE TABLE \`esim_inventory\` (
  \`id\` int NOT NULL,
  \`plan_id\` int DEFAULT NULL,
  \`activation_code\` varchar(128) DEFAULT NULL,
  \`iccid\` varchar(64) DEFAULT NULL,
  \`qr_payload\` text,
  \`status\` enum('available','reserved','assigned','retired') NOT NULL
);
INSERT INTO \`esim_inventory\` VALUES (1,1,'LPA:1$smdp.example.com$STOCK-1',NULL,NULL,'available'),(2,1,'LPA:1$smdp.example.com$STOCK-2',NULL,NULL,'reserved'),(3,1,'LPA:1$smdp.example.com$SOLD-11',NULL,NULL,'assigned'),(4,1,'LPA:1$smdp.example.com$SOLD-11',NULL,NULL,'available');
CREATE TABLE \`esim_profiles\` (
  \`id\` int NOT NULL,
  \`user_id\` int NOT NULL,
  \`order_id\` int DEFAULT NULL,
  \`plan_id\` int DEFAULT NULL,
  \`inventory_item_id\` int DEFAULT NULL,
  \`activation_code\` varchar(128) DEFAULT NULL,
  \`iccid\` varchar(64) DEFAULT NULL,
  \`status\` enum('draft','pending_activation','reserved','assigned','active','failed','expired') NOT NULL,
  \`provisioned_at\` datetime DEFAULT NULL,
  \`created_at\` datetime DEFAULT NULL,
  \`qr_payload\` text
);
INSERT INTO \`esim_profiles\` VALUES (1,1,10,1,NULL,'11111111-1111-4111-8111-111111111111','8900100000000000010','active','2025-03-01 10:02:00','2025-03-01 10:00:00','LPA:1$smdp.example.com$SOLD-10'),(2,2,11,1,3,'22222222-2222-4222-8222-222222222222','8900100000000000028','assigned',NULL,'2025-03-02 10:00:00',NULL),(3,4,14,1,NULL,NULL,NULL,'pending_activation',NULL,'2025-03-05 10:00:00',NULL),(4,4,16,1,NULL,'33333333-3333-4333-8333-333333333333','8900100000000000036','assigned',NULL,NULL,'no code that a phone reads');
`;

const ORIGIN = "http://localhost:3000";
let app: TestApp;
let folder: string;
let dump: string;
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), "tribi-legacy-test-"));
  dump = path.join(folder, "dump.sql");
  writeFileSync(dump, LEGACY);
  app = await startTestApp({ FRONTEND_ORIGINS: `["${ORIGIN}"]` });
});
afterAll(async () => {
  await app.stop();
  rmSync(folder, { recursive: true });
});

/** The command as an operator runs it, with this app's database and secrets. */
function run(...options: string[]): { status: number | null; text: string } {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ["dist/main.js", "import-legacy", ...options],
    {
      encoding: "utf8",
      env: {
        PATH: process.env.PATH,
        ENVIRONMENT: "test",
        DATABASE_URL: app.database.url,
        DATA_DIR: app.dataDir,
        LOG_LEVEL: "silent",
      },
    },
  );
  return { status, text: stdout + stderr };
}

const query = <Row>(sql: string, values: unknown[] = []) => app.database.query<Row>(sql, values);
const counts = () =>
  query(
    `select (select count(*)::int from users) as users, (select count(*)::int from plans) as plans,
       (select count(*)::int from orders) as orders, (select count(*)::int from esim_profiles) as esims,
       (select count(*)::int from stock_items) as stock`,
  );

describe("tribi import-legacy", () => {
  it("a dry run says what would come and what is not consistent, and changes nothing", async () => {
    const before = await counts();
    const { status, text } = run("--dump", dump, "--dry-run");
    expect(status).toBe(2);
    expect(text).toContain("Would import: 3 customers, 2 plans, 7 orders, 2 codes for sale.");
    for (const finding of [
      "left out: users:3: its address is no e-mail address",
      "to look at: users:2: another row has the same address: they become one person",
      "left out: plans:3: its country is not there",
      "left out: orders:15: its customer is not there",
      "left out: payments:4: its order is not there",
      "left out: esim_inventory:2: it is reserved",
      "to look at: orders:14: it is paid and its eSIM was never delivered",
      "to look at: orders:16: its eSIM has no code that a phone can read",
      "to look at: orders:17: a payment for it succeeded, and it was never honoured",
    ])
      expect(text).toContain(finding);
    expect(text).not.toMatch(/SOLD-|STOCK-|@example/);
    expect(await counts()).toEqual(before);
  });

  it("the customers, orders and eSIMs are here afterwards, and a second run takes nothing twice", async () => {
    const { text } = run("--dump", dump);
    expect(text).toContain("Imported: 3 of 3 customers, 2 of 2 plans, 7 of 7 orders, 1 of 2 codes for sale.");
    const after = await counts();
    expect(after).toEqual([{ users: 2, plans: 2, orders: 7, esims: 7, stock: 1 }]);
    expect(run("--dump", dump).text).toContain(
      "Imported: 0 of 3 customers, 0 of 2 plans, 0 of 7 orders, 0 of 2 codes",
    );
    expect(await counts()).toEqual(after);
    expect(await violations(app.database, { ...MONEY_INVARIANTS, ...ESIM_INVARIANTS })).toEqual({});
    // What happened elsewhere is no news from here, and nobody is mailed about it.
    expect(await query("select from shop_events union all select from new_shop_events")).toEqual([]);
  });

  it("a customer of the earlier system signs in and sees orders and eSIMs as they were", async () => {
    const { token: bearer } = await logIn(app, "ana@example.com");
    const orders = await app.request("GET", "/orders/mine", { bearer });
    expect(orders.body.map((order: { reference: string }) => order.reference).sort()).toEqual([
      "LEGACY-10",
      "LEGACY-11",
    ]);
    const sold = orders.body.find((order: { reference: string }) => order.reference === "LEGACY-10");
    expect(sold).toMatchObject({
      status: "paid",
      amount_minor_units: 1250,
      created_at: "2025-03-01T10:00:00.000Z",
    });
    expect(sold.plan_snapshot).toMatchObject({
      name: "Spain, as it was sold",
      data_gb: 3,
      carrier_name: "Movi'star",
    });
    const esims = await app.request("GET", "/esims/mine", { bearer });
    const byOrder = new Map(esims.body.map((esim: { order_id: number }) => [esim.order_id, esim]));
    expect(byOrder.get(sold.id)).toMatchObject({
      status: "active",
      activation_code: "11111111-1111-4111-8111-111111111111",
      qr_payload: "LPA:1$smdp.example.com$SOLD-10",
      iccid: "8900100000000000010",
    });
    const other = esims.body.find((esim: { order_id: number }) => esim.order_id !== sold.id);
    expect(other).toMatchObject({ status: "ready", qr_payload: "LPA:1$smdp.example.com$SOLD-11" });
    // The clients that there are show the same.
    const tribi = createTribi({
      baseUrl: app.url,
      session: { load: () => ({ token: bearer, refreshToken: "" }), save: () => undefined },
    });
    const listed: string[] = [];
    for await (const { reference } of tribi.orders.list()) listed.push(reference);
    expect(listed.sort()).toEqual(["LEGACY-10", "LEGACY-11"]);
    expect((await tribi.esims.list()).map(({ qr_payload }) => qr_payload).sort()).toEqual(
      esims.body.map((esim: { qr_payload: string }) => esim.qr_payload).sort(),
    );
    for (const client of [makeWebClient(`${app.url}/api`, ORIGIN), makeMobileClient(app.url)]) {
      client.state.token = bearer;
      const { body: shown } = await client.call("GET", "/orders/mine");
      const { body: owned } = await client.call("GET", "/esims/mine");
      for (const order of shown)
        expect(order).toMatchObject({
          ...READ_FIELDS.order,
          status: "paid",
          plan_snapshot: { ...READ_FIELDS.order.plan_snapshot, data_gb: expect.any(Number) },
        });
      const { iccid: _iccid, status: _status, ...read } = READ_FIELDS.esim;
      for (const esim of owned) expect(esim).toMatchObject(read);
      expect([shown.length, owned.length]).toEqual([2, 2]);
    }
    for (const { id } of esims.body)
      for (const more of ["", "/top-ups", "/qr.svg"])
        expect((await app.request("GET", `/esims/${id}${more}`, { bearer })).status).toBe(200);
  });

  it("the imported shop sells, and a code of its stock once", async () => {
    const [plan] = await query<{ id: number }>("select id from plans where sku = 'LEGACY-1'");
    const { token: bearer } = await logIn(app, "new@example.com");
    const buy = async () => {
      const order = await app.request("POST", "/orders", { bearer, body: { plan_id: plan?.id } });
      if (order.status !== 200) return order;
      const payment = await app.request("POST", "/payments/create", {
        bearer,
        body: { order_id: order.body.id, provider: "MOCK" },
      });
      await app.request("POST", "/payments/webhook/mock", { body: { intent_id: payment.body.intent_id } });
      return eventually(async () => {
        const body = { order_id: order.body.id };
        const esim = await app.request("POST", "/esims/activate", { bearer, body });
        return esim.status === 200 && esim;
      });
    };
    expect((await buy()).body.qr_payload).toBe("LPA:1$smdp.example.com$STOCK-1");
    const none = await buy();
    expect([none.status, none.body.code]).toEqual([409, "out_of_stock"]);
  });

  it.each([
    [["--dry-run"], "--from mysql://"],
    [["--dump", "a", "--from", "mysql://b/c"], "--from mysql://"],
    [["--from", "postgres://b/c"], "mysql://user:password@"],
    [["--dump", "/nowhere/dump.sql"], "ENOENT"],
  ])("%j ends with what to do", (options, words) => {
    const { status, text } = run(...options);
    expect([status, text]).toEqual([1, expect.stringContaining(words)]);
  });

  it("a dump that is cut off is refused", () => {
    const cut = path.join(folder, "cut.sql");
    writeFileSync(cut, LEGACY.slice(0, LEGACY.indexOf("(4,'bo@example.com'") + 8));
    const { status, text } = run("--dump", cut, "--dry-run");
    expect([status, text]).toEqual([1, expect.stringContaining("cut off")]);
  });

  it.skipIf(!hasMariadb)(
    "reads a running MariaDB as it reads a dump (skipped where mariadb-server is not installed)",
    async () => {
      const server = await startMariadb();
      try {
        server.run("create database earlier character set utf8mb4");
        server.run(LEGACY, "earlier");
        const { status, text } = run("--from", `${server.url}/earlier`, "--dry-run");
        expect([status, text]).toEqual([2, run("--dump", dump, "--dry-run").text]);
        const nowhere = run("--from", `${server.url}/nowhere`);
        expect([nowhere.status, nowhere.text]).toEqual([1, expect.stringContaining("nowhere")]);
      } finally {
        await server.stop();
      }
    },
  );
});
