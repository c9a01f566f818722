/**
 * Draws the state diagrams of the guides from the transition tables: `npm run diagrams`. A guide marks the place with
 * `<!-- states: orders -->`; the block after it is ours. With --check it fails when a guide is out of date.
 */
import { readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { ATTEMPT_MOVES, ESIM_MOVES } from "../src/modules/esims/esim-state.js";
import { TOP_UP_MOVES } from "../src/modules/esims/top-ups/top-up-state.js";
import { MAIL_MOVES } from "../src/modules/mail/mail-state.js";
import { ORDER_MOVES } from "../src/modules/orders/order-state.js";
import { DISPUTE_MOVES, PAYMENT_MOVES, REFUND_MOVES } from "../src/modules/payments/payment-state.js";
import { writeOrCheck } from "./drift.js";

interface Machine {
  readonly begins: readonly string[];
  readonly moves: readonly string[];
  /** Words on an arrow, for those that do not explain themselves. */
  readonly why: Readonly<Record<string, string>>;
}

const listed = (moves: Readonly<Record<string, readonly string[]>>): readonly string[] =>
  Object.entries(moves).flatMap(([from, targets]) => targets.map((to) => `${from}>${to}`));

const MACHINES: Readonly<Record<string, Machine>> = {
  orders: {
    begins: ["created"],
    moves: listed(ORDER_MOVES),
    why: {
      "created>paid": "the counted success",
      "created>failed": "the payment ended, or the time is over",
      "paid>refunded": "the refunds are the whole capture",
    },
  },
  payments: {
    begins: ["requires_action"],
    moves: listed(PAYMENT_MOVES),
    why: { "requires_action>failed": "cancelled (a decline ends nothing)" },
  },
  refunds: {
    begins: ["requested", "parked", "pending", "succeeded"],
    moves: listed(REFUND_MOVES),
    why: {
      "requested>parked": "the brake, or refused for good",
      "parked>requested": "an operator retries",
      "succeeded>failed": "the payer's bank sent it back",
    },
  },
  disputes: { begins: ["warning", "open", "won", "lost"], moves: listed(DISPUTE_MOVES), why: {} },
  esims: { begins: ["pending"], moves: ESIM_MOVES, why: {} },
  mails: {
    begins: ["queued"],
    moves: listed(MAIL_MOVES),
    why: {
      "queued>delayed": "not taken for now, or the person is locked out",
      "queued>cancelled": "there is nothing to say any more",
      "queued>refused": "by the recipient's mail server, for good",
    },
  },
  top_ups: {
    begins: ["pending"],
    moves: TOP_UP_MOVES,
    why: {
      "pending>done": "added by the supplier, or queued there",
      "pending>failed": "not paid, or a definite no",
      "pending>cancelled": "a refund came first",
      "done>cancelled": "refunded as a loss",
    },
  },
  attempts: {
    begins: ["intended"],
    moves: ATTEMPT_MOVES,
    why: {
      "intended>unknown": "the call ended unclearly",
      "intended>accepted": "the supplier works on it",
      "intended>refused": "a definite no",
      "unknown>accepted": "found by look-up",
      "unknown>delivered": "found by look-up",
      "unknown>refused": "the supplier has no such order",
      "unknown>surplus": "a refund came first",
      "accepted>surplus": "a refund came first",
      "parked>unknown": "decision",
      "parked>accepted": "decision",
      "parked>delivered": "decision",
      "parked>refused": "decision",
    },
  },
};

const ROOT = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const GUIDES = ["docs/auth-and-orders.md", "docs/payments.md", "docs/esims.md", "docs/delivery.md"];
const PLACE = /(<!-- states: (\w+) -->\n\n)(?:```mermaid\n[\s\S]*?```\n\n?)?/g;

function draw({ begins, moves, why }: Machine): string {
  const lines = [
    ...begins.map((state) => `[*] --> ${state}`),
    ...moves.map((move) => {
      const [from, to] = move.split(">");
      return `${from} --> ${to}${why[move] === undefined ? "" : `: ${why[move]}`}`;
    }),
  ];
  return ["```mermaid", "stateDiagram-v2", ...lines.map((line) => `  ${line}`), "```", "", ""].join("\n");
}

const drawn = new Set<string>();
for (const guide of GUIDES) {
  const text = readFileSync(path.join(ROOT, guide), "utf8");
  const fresh = text.replace(PLACE, (_all, mark: string, name: string) => {
    const machine = MACHINES[name];
    if (machine === undefined) throw new Error(`${guide} asks for the unknown diagram "${name}"`);
    drawn.add(name);
    return mark + draw(machine);
  });
  writeOrCheck(guide, fresh);
}
const missing = Object.keys(MACHINES).filter((name) => !drawn.has(name));
if (missing.length > 0) {
  console.error(`No guide shows ${missing.join(", ")}`);
  process.exitCode = 1;
}
