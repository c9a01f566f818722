import { type Defect, runsAt } from "./defect.js";

const ASK = "src/modules/esims/purchase/ask-supplier.ts";
const CHAIN = "src/modules/esims/purchase/purchase.ts";
const STORE = "src/modules/esims/purchase/purchase-store.ts";
const DECIDE = "src/modules/esims/purchase/decide.ts";
const ESIM = "src/modules/esims/purchase/subjects/esim.ts";
const TOP_UP = "src/modules/esims/purchase/subjects/top-up.ts";
const LEASES = "tests/faults/lost-leases.test.ts";

const HELD = "where id = $1 and lease_token = $2 and status = 'pending'";
const NOT_HELD = "where id = $1 and $2::bigint >= 0 and status = 'pending'";

/** In the statements of both kinds, the guard of one of them. */
const notHeldBy = (table: "esim_profiles" | "top_ups") =>
  `where id = $1 and \${table === "${table}" ? "$2::bigint >= 0" : "lease_token = $2"} and status = 'pending'`;
const writes = (name: string) => ({
  file: STORE,
  from: `isDone(db, sql.${name}, `,
  to: `isDone((MARK, db), sql.${name}, `,
});

/** Workers that wake when somebody else has the purchase, of each of the two kinds. */
export const LEASE_DEFECTS: readonly Defect[] = [
  {
    number: 105,
    title: "A definite no to the repetition of a top-up decides without a search",
    area: "purchases",
    edits: [
      {
        file: DECIDE,
        from: '  if (search.value.found === "one") return ofBought(one, search.value.bought, callMillis);\n',
        to: '  if (search.value.found === "one") MARK;\n',
      },
    ],
    target: {
      file: "tests/faults/top-up-unknown.test.ts",
      test: "sold, and its repetition refused for good: a search decides before the refusal does",
    },
    reason: /'done', 'delivered'/,
  },
  {
    number: 106,
    title: "A worker that was frozen before the end fails the eSIM that another works on",
    area: "purchases",
    edits: [
      {
        file: STORE,
        from: `     ${HELD}\n     returning id, order_id\n   )\n   select`,
        to: `     ${notHeldBy("esim_profiles")}\n     returning id, order_id\n   )\n   select`,
      },
      writes("fail"),
    ],
    target: {
      file: LEASES,
      test: "writes and sends nothing when it wakes when nobody is left who could deliver",
    },
    reason: /to deeply equal/,
  },
  {
    number: 107,
    title: "A worker that was frozen in a top-up's purchase delivers what another works on",
    area: "purchases",
    edits: [
      {
        file: TOP_UP,
        from: "where t.id = $1 and t.lease_token = $2 and t.status = 'pending'\n       and exists",
        to: "where t.id = $1 and $2::bigint >= 0 and t.status = 'pending'\n       and exists",
      },
      runsAt(TOP_UP, "const { count } = await db.run(DELIVER, ["),
    ],
    target: { file: LEASES, test: "writes and sends nothing when it wakes with what was delivered" },
    reason: /to deeply equal/,
  },
  {
    number: 108,
    title: "A worker that slept between a top-up's row and its call sends it all the same",
    area: "purchases",
    edits: [
      {
        file: ASK,
        from: "    if (!mayCall()) return undefined;",
        to: '    if (!mayCall() && (wares.kind === "esim" || !MARK)) return undefined;',
      },
    ],
    target: { file: LEASES, test: "sends nothing when it slept between its row and the call" },
    reason: /to have a length of/,
  },
  {
    number: 150,
    title: "A worker that slept between an eSIM's row and its call sends it all the same",
    area: "purchases",
    edits: [
      {
        file: ASK,
        from: "    if (!mayCall()) return undefined;",
        to: '    if (!mayCall() && (wares.kind === "top_up" || !MARK)) return undefined;',
      },
    ],
    target: { file: LEASES, test: "sends nothing when it slept between its row and the call" },
    reason: /to have a length of/,
  },
  {
    number: 151,
    title: "A request for an eSIM is repeated by a worker that has lost its lease",
    area: "purchases",
    edits: [
      {
        file: CHAIN,
        from: "if (!(await chain.subject.store.resendAttempt(chain.db, work.claim, attempt.id))) return undefined;",
        to: 'if (!(await chain.subject.store.resendAttempt(chain.db, work.claim, attempt.id)) && (chain.subject.wares.kind === "top_up" || !MARK)) return undefined;',
      },
    ],
    target: { file: LEASES, test: "writes and sends nothing when it wakes before it sends a request again" },
    reason: /to deeply equal/,
  },
  {
    number: 152,
    title: "A top-up is repeated by a worker that has lost its lease",
    area: "purchases",
    edits: [
      {
        file: CHAIN,
        from: "if (!(await chain.subject.store.resendAttempt(chain.db, work.claim, attempt.id))) return undefined;",
        to: 'if (!(await chain.subject.store.resendAttempt(chain.db, work.claim, attempt.id)) && (chain.subject.wares.kind === "esim" || !MARK)) return undefined;',
      },
    ],
    target: { file: LEASES, test: "writes and sends nothing when it wakes before it sends a request again" },
    reason: /to deeply equal/,
  },
  {
    number: 153,
    title: "A frozen worker's refusal of an eSIM is written over what another knows",
    area: "purchases",
    edits: [
      {
        file: STORE,
        from: `     ${HELD}\n     returning id, order_id\n   ), attempt as (`,
        to: `     ${notHeldBy("esim_profiles")}\n     returning id, order_id\n   ), attempt as (`,
      },
      writes("recordAttempt"),
    ],
    target: { file: LEASES, test: "writes and sends nothing when it wakes with a refusal" },
    reason: /to deeply equal/,
  },
  {
    number: 154,
    title: "A frozen worker's lost answer of a top-up is written over what another knows",
    area: "purchases",
    edits: [
      {
        file: STORE,
        from: `     ${HELD}\n     returning id, order_id\n   ), attempt as (`,
        to: `     ${notHeldBy("top_ups")}\n     returning id, order_id\n   ), attempt as (`,
      },
      writes("recordAttempt"),
    ],
    target: { file: LEASES, test: "writes and sends nothing when it wakes with a lost answer" },
    reason: /to deeply equal/,
  },
  {
    number: 155,
    title: "A frozen worker parks the eSIM that another works on",
    area: "purchases",
    edits: [
      {
        file: STORE,
        from: `     ${HELD}\n     returning id\n   ), attempt as (`,
        to: `     ${notHeldBy("esim_profiles")}\n     returning id\n   ), attempt as (`,
      },
      writes("park"),
    ],
    target: {
      file: LEASES,
      test: "writes and sends nothing when it wakes with what an operator has to decide",
    },
    reason: /to deeply equal/,
  },
  {
    number: 156,
    title: "A frozen worker fails the top-up that another works on, and has its money sent back",
    area: "purchases",
    edits: [
      {
        file: STORE,
        from: `     ${HELD}\n     returning id, order_id\n   )\n   select`,
        to: `     ${notHeldBy("top_ups")}\n     returning id, order_id\n   )\n   select`,
      },
      writes("fail"),
    ],
    target: {
      file: LEASES,
      test: "writes and sends nothing when it wakes when nobody is left who could deliver",
    },
    reason: /to deeply equal/,
  },
  {
    number: 157,
    title: "A frozen worker cancels the eSIM that another works on, as surplus",
    area: "purchases",
    edits: [
      {
        file: ESIM,
        from: `     ${HELD}\n     returning id\n   ), attempt as (\n     update provisioning_attempts a set status = 'surplus'`,
        to: `     ${NOT_HELD}\n     returning id\n   ), attempt as (\n     update provisioning_attempts a set status = 'surplus'`,
      },
      runsAt(ESIM, "await db.run(SURPLUS, [lease.id, lease.lease_token, attemptId, supplierOrderId]);"),
    ],
    target: {
      file: LEASES,
      test: "writes and sends nothing when it wakes with what came after a refund had asked for it",
    },
    reason: /to deeply equal/,
  },
];
