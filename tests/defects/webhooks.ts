import { type Defect, runsAt } from "./defect.js";

const SENT = "tests/api/webhooks.test.ts";

/** What other systems are told. */
export const WEBHOOK_DEFECTS: readonly Defect[] = [
  {
    number: 270,
    title: "Two processes number events at once",
    area: "operation",
    edits: [
      {
        file: "src/modules/webhooks/event-store.ts",
        from: '"select last_sequence from shop_event_stream for update",',
        to: '"select last_sequence from shop_event_stream",',
      },
      {
        file: "src/modules/webhooks/event-store.ts",
        from: "    const [stream] = ",
        to: "    MARK;\n    const [stream] = ",
      },
    ],
    target: {
      file: "tests/races/shop-events.test.ts",
      test: "has no gap and never runs backwards for a reader, whoever numbers and whatever rolls back",
    },
    reason: /./,
  },
  {
    number: 271,
    title: "A name that leads into the shop's network is connected to",
    area: "operation",
    edits: [
      {
        file: "src/providers/receiver/public-address.ts",
        from: "if (!addresses.every(({ address }) => isPublicAddress(address)))",
        to: "if (!addresses.some(({ address }) => MARK && isPublicAddress(address)))",
      },
    ],
    target: {
      file: "src/providers/receiver/guarded-receiver.test.ts",
      test: "a name that leads to 169.254.169.254 is refused before anything is sent, also among public ones",
    },
    reason: /address_refused/,
  },
  {
    number: 272,
    title: "A secret that was replaced signs for ever",
    area: "operation",
    edits: [
      {
        file: "src/modules/webhooks/delivery-store.ts",
        from: "case when w.former_secret_until > now() then w.sealed_former_secret end as sealed_former_secret",
        to: "w.sealed_former_secret",
      },
      {
        file: "src/modules/webhooks/delivery-store.ts",
        from: "  return (await db.run<ClaimedEndpoint>(CLAIM",
        to: "  MARK;\n  return (await db.run<ClaimedEndpoint>(CLAIM",
      },
    ],
    target: { file: SENT, test: "while a secret is changed both sign; after a day only the new one does" },
    reason: /undefined/,
  },
  {
    number: 273,
    title: "A receiver that is gone is sent more",
    area: "operation",
    edits: [
      {
        file: "src/modules/webhooks/deliver-events.ts",
        from: 'answer.status === 410 ? "gone" : null',
        to: "MARK && null",
      },
    ],
    target: { file: SENT, test: "410: nothing more is sent until an operator resumes it" },
    reason: /did not come about/,
  },
  {
    number: 584,
    title: "Receivers that fail are asked before those that are well",
    area: "operation",
    edits: [
      {
        file: "src/modules/webhooks/delivery-store.ts",
        from: "order by e.failures, e.leased_until",
        to: "order by e.failures desc, e.leased_until",
      },
      runsAt(
        "src/modules/webhooks/delivery-store.ts",
        "  return (await db.run<ClaimedEndpoint>(CLAIM, [limit, leaseSeconds])).rows;",
      ),
    ],
    target: {
      file: "tests/faults/thousand-receivers.test.ts",
      test: "a thousand receivers of which nearly all hang: each is asked once, few at a time, and those that are well come first",
    },
    reason: /to have a length of 20/,
  },
];
