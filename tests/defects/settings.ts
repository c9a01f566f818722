import { type Defect, runsAt } from "./defect.js";

const SETTING_STORE = "src/modules/settings/setting-store.ts";
const CURRENT_SETTING = "src/modules/settings/current-setting.ts";
const PAYMENT_STORE = "src/modules/payments/payment-store.ts";

/** Limits that the shop sets, and where they count. */
export const SETTING_DEFECTS: readonly Defect[] = [
  {
    number: 275,
    title: "A payment beyond the declines of a day is begun all the same",
    area: "money",
    edits: [
      {
        file: PAYMENT_STORE,
        from: "\n       and not exists (select from cap where retry_seconds is not null)",
        to: "",
      },
      runsAt(PAYMENT_STORE, "  const [row] = (await db.run<Row>(BEGIN, values)).rows;"),
    ],
    target: {
      file: "tests/races/declined-payments.test.ts",
      test: "the refusal says for how long, changes nothing, is counted, and the wait is true",
    },
    reason: /200, undefined/,
  },
  {
    number: 276,
    title: "A payment that is under way is refused because of declines before it",
    area: "money",
    edits: [
      {
        file: PAYMENT_STORE,
        from: "o.status = 'created' and not o.is_expired and not exists (select from live)\n   ), made",
        to: "o.status = 'created' and not o.is_expired\n   ), made",
      },
      {
        file: PAYMENT_STORE,
        from: "select decline_cap($2, $1, $6::integer) as retry_seconds from o",
        to: "select decline_cap($2, 0, $6::integer) as retry_seconds from o",
      },
      {
        file: "src/modules/payments/create-payment.ts",
        from: "    if (begun.payment !== null) return { payment: begun.payment, begun };\n",
        to: "    if (begun.retry_seconds !== null && MARK) throw tooManyDeclines(deps, begun.retry_seconds);\n    if (begun.payment !== null) return { payment: begun.payment, begun };\n",
      },
    ],
    target: {
      file: "tests/races/declined-payments.test.ts",
      test: "cards that Stripe declined count each; what was begun is given again, and paid orders say so",
    },
    reason: /429/,
  },
  {
    number: 277,
    title: "Of two operators who saw the same setting the later one wins",
    area: "console",
    edits: [
      {
        file: SETTING_STORE,
        from: "       where s.version = $3::integer\n",
        to: "       where s.version >= $3::integer\n",
      },
      runsAt(
        SETTING_STORE,
        "  return (await tx.run(CHANGE, [name, json, version, actor, reason])).count === 1;",
      ),
    ],
    target: {
      file: "tests/api/settings.test.ts",
      test: "409: of ten operators who saw the same value one changes it; the others change nothing",
    },
    reason: /./,
  },
  {
    number: 278,
    title: "A stored value counts although it is out of bounds by now",
    area: "console",
    edits: [
      {
        file: CURRENT_SETTING,
        from: "    return isAllowed(name, value, defaults[name]) ? value : defaults[name].value;",
        to: "    return MARK && value != null ? (value as SettingValue<Name>) : defaults[name].value;",
      },
    ],
    target: {
      file: "tests/api/settings.test.ts",
      test: "a stored value that is out of bounds by now is not used, and the list says so",
    },
    reason: /./,
  },
  {
    number: 524,
    title: "A colour is taken on which nobody can read the white text",
    area: "console",
    edits: [
      {
        file: "src/config/setting-kinds.ts",
        from: "return color !== null && (!isGround || contrastOf(color, WHITE) >= TEXT_CONTRAST);",
        to: "return color !== null && (MARK || !isGround || contrastOf(color, WHITE) >= TEXT_CONTRAST);",
      },
    ],
    target: { file: "tests/api/settings.test.ts", test: "a colour on which white text cannot be read" },
    reason: /./,
  },
  {
    number: 525,
    title: "A process that has not heard of the new colours has no style for its neighbour's pages",
    area: "console",
    edits: [
      {
        file: "src/modules/storefront/routes/files.ts",
        from: "(/^style-[0-9a-f]{12}\\.css$/.test(params.file) ? style : undefined)",
        to: "(MARK ? undefined : style)",
      },
    ],
    target: {
      file: "tests/api/settings.test.ts",
      test: "its colours are the new ones, in a style of a new address that every process has",
    },
    reason: /./,
  },
];
