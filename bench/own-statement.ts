/**
 * What `POST /auth/request-code` or a webhook runs in the database, alone: the statement of the program with values as
 * the program makes them, on 32 connections with durable commits, in a process of its own. Prints statements per
 * second and their times as JSON. Arguments: database URL, `request-code` or `webhook`, how many, a label that makes
 * e-mails unique.
 */
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import path from "node:path";
import type pg from "pg";
import { loadConfig } from "../src/config/config.js";
import type { Queryable } from "../src/db/database.js";
import type { EmailAddress } from "../src/kernel/email-address.js";
import { requestCode } from "../src/modules/auth/login-code-store.js";
import { makeSettleStore } from "../src/modules/payments/events/settle-store.js";
import { parseStripeEvent } from "../src/providers/payment/stripe/stripe-event.js";
import { clientAddress } from "./arrange.js";
import { bareLoop } from "./bare-loop.js";
import { ROOT } from "./processes.js";
import { makeUnpaidPayments, successOf, type UnpaidPayment } from "./scenarios.js";

const [, , url = "", kind, howMany, label = ""] = process.argv;
const count = Number(howMany);

/** As the program composes it: with what follows from a payment, and from the follow-ups that its modules register. */
function composedText(name: string): string {
  const listed = readFileSync(path.join(ROOT, "statements.sql"), "utf8");
  const [, rest] = listed.split(`\n-- ${name}\n`);
  if (rest === undefined) throw new Error(`statements.sql has no ${name}`);
  const lines = rest.split("\n");
  const firstOfText = lines.findIndex((line) => !line.startsWith("-- "));
  const next = lines.findIndex((line, index) => index > firstOfText && /^-- [a-z_]+\.[a-z_]+$/.test(line));
  return lines.slice(firstOfText, next).join("\n").trim().replace(/;$/, "");
}

const SETTLE = "payments.settle";
const settleText = composedText(SETTLE);

const queryable = (client: pg.Client): Queryable => ({
  run: async ({ name, text }, values = []) => {
    const { rows, rowCount } = await client.query({
      name,
      text: name === SETTLE ? settleText : text,
      values: [...values],
    });
    return { rows, count: rowCount ?? 0 };
  },
});

const { limits, otp } = loadConfig({}).auth;
let asked = 0;

function askForCode(client: pg.Client): Promise<unknown> | undefined {
  if (asked >= count) return undefined;
  asked += 1;
  return requestCode(
    queryable(client),
    {
      email: `${label}-${asked}@example.com` as EmailAddress,
      alias: `alias-${randomBytes(12).toString("hex")}@disabled.invalid`,
      network: clientAddress(900_000 + asked),
      deviceHash: undefined,
      codeHash: randomBytes(32),
      challengeHash: randomBytes(32),
      sealedCode: randomBytes(60),
    },
    limits,
    otp.ttlMinutes,
  );
}

// Its text is replaced by the composed one, so what follows does not matter.
const { settle } = makeSettleStore([{ name: "order_moved", sql: "" }]);

function settlePayment(client: pg.Client, payment: UnpaidPayment | undefined): Promise<unknown> | undefined {
  if (payment === undefined) return undefined;
  const verdict = parseStripeEvent(Buffer.from(successOf(payment)));
  if (!verdict.ok) throw new Error("Our own event is read");
  const [event] = verdict.events;
  if (event === undefined) throw new Error("Our own event is one");
  return settle(queryable(client), {
    event,
    said: event,
    source: "webhook",
    isOurs: true,
    problem: null,
    keepsUnknown: true,
    isOfWhole: false,
    requestId: null,
  });
}

const payments = kind === "webhook" ? await makeUnpaidPayments(url, count) : [];
const result = await bareLoop(url, (client) =>
  kind === "webhook" ? settlePayment(client, payments.pop()) : askForCode(client),
);
console.log(JSON.stringify(result));
