import { type Defect, runsAt } from "./defect.js";

const CHAIN = "src/modules/esims/top-ups/top-up-chain.ts";
const TOP_UPS = "src/modules/esims/top-ups/top-up-store.ts";
const OUTCOMES = "src/modules/esims/provisioning/attempt-outcomes.ts";
const ATTEMPTS = "src/modules/esims/provisioning/attempt-store.ts";
const PROVISIONING = "src/modules/esims/provisioning/provisioning-store.ts";
const LEASES = "tests/faults/lost-leases.test.ts";

const HELD = "where id = $1 and lease_token = $2 and status = 'pending'";
const NOT_HELD = "where id = $1 and $2::bigint >= 0 and status = 'pending'";

/** Workers that wake when somebody else has the purchase, in each of the two chains. */
export const LEASE_DEFECTS: readonly Defect[] = [
  {
    number: 105,
    title: "A definite no to the repetition of a top-up decides without a search",
    area: "purchases",
    edits: [
      {
        file: CHAIN,
        from: '  if (answer.value.found !== "none") return found(deps, work, attempt, answer.value);\n  return refused',
        to: '  if (answer.value.found !== "none") MARK;\n  return refused',
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
        file: PROVISIONING,
        from: `     ${HELD}\n     returning id, order_id\n   )\n   select failed.id`,
        to: `     ${NOT_HELD}\n     returning id, order_id\n   )\n   select failed.id`,
      },
      runsAt(
        PROVISIONING,
        "return (await db.run(FAIL, [lease.profile_id, lease.lease_token, reason])).count === 1;",
      ),
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
        file: TOP_UPS,
        from: `     ${HELD}\n     returning id, order_id, profile_id`,
        to: `     ${NOT_HELD}\n     returning id, order_id, profile_id`,
      },
      runsAt(TOP_UPS, "const { count } = await db.run(DELIVER, ["),
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
        file: CHAIN,
        from: "  if (!mayCall(work)) return undefined;\n  const startedAt",
        to: "  if (!mayCall(work)) MARK;\n  const startedAt",
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
        file: OUTCOMES,
        from: "  if (!mayCall(work)) return undefined;\n",
        to: "  if (!mayCall(work)) MARK;\n",
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
        file: OUTCOMES,
        from: "  if (!(await resendAttempt(deps.db, work.claim, attempt.id))) return STOP;",
        to: "  if (!(await resendAttempt(deps.db, work.claim, attempt.id))) MARK;",
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
        from: "  if (!(await store.resendTopUpAttempt(deps.db, work.claim, attempt.id))) return undefined;",
        to: "  if (!(await store.resendTopUpAttempt(deps.db, work.claim, attempt.id))) MARK;",
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
        file: ATTEMPTS,
        from: `     ${HELD}\n     returning id, order_id\n   ), attempt as (`,
        to: `     ${NOT_HELD}\n     returning id, order_id\n   ), attempt as (`,
      },
      runsAt(ATTEMPTS, "const { count } = await db.run(RECORD, ["),
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
        file: TOP_UPS,
        from: `     ${HELD}\n     returning id, order_id\n   ), attempt as (`,
        to: `     ${NOT_HELD}\n     returning id, order_id\n   ), attempt as (`,
      },
      runsAt(TOP_UPS, "const { count } = await db.run(RECORD, ["),
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
        file: PROVISIONING,
        from: `     ${HELD}\n     returning id\n   ), attempt as (\n     update provisioning_attempts a\n     set status = 'parked'`,
        to: `     ${NOT_HELD}\n     returning id\n   ), attempt as (\n     update provisioning_attempts a\n     set status = 'parked'`,
      },
      runsAt(PROVISIONING, "await db.run(PARK, ["),
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
        file: TOP_UPS,
        from: `     ${HELD}\n     returning id\n   )\n   select id,`,
        to: `     ${NOT_HELD}\n     returning id\n   )\n   select id,`,
      },
      runsAt(
        TOP_UPS,
        "return (await db.run(FAIL, [lease.top_up_id, lease.lease_token, reason])).count === 1;",
      ),
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
        file: ATTEMPTS,
        from: `     ${HELD}\n     returning id\n   ), attempt as (\n     update provisioning_attempts a set status = 'surplus'`,
        to: `     ${NOT_HELD}\n     returning id\n   ), attempt as (\n     update provisioning_attempts a set status = 'surplus'`,
      },
      runsAt(
        ATTEMPTS,
        "await db.run(SURPLUS, [lease.profile_id, lease.lease_token, attemptId, supplierOrderId]);",
      ),
    ],
    target: {
      file: LEASES,
      test: "writes and sends nothing when it wakes with what came after a refund had asked for it",
    },
    reason: /to deeply equal/,
  },
];
