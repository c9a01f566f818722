import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { cruise, type ICruiseResult } from "dependency-cruiser";
import { expect, it } from "vitest";
import { temporaryFolder } from "../support/temporary-folder.js";

interface Rules {
  readonly forbidden: readonly { readonly name: string }[];
  readonly options: object;
}

const { default: config } = (await import(path.resolve(".dependency-cruiser.mjs"))) as { default: Rules };

/** For each rule an import that breaks it, and no other rule. */
const PLANTED: readonly (readonly [rule: string, from: string, to: string])[] = [
  ["packages-know-no-program", "packages/a/src/a.ts", "src/config/config.ts"],
  ["packages-have-one-door", "src/commands/a.ts", "packages/embedded-postgres/src/machine.ts"],
  ["kernel-is-a-leaf", "src/kernel/money.ts", "src/telemetry/log.ts"],
  ["states-are-leaves", "src/modules/orders/order-state.ts", "src/modules/orders/order-store.ts"],
  ["states-are-leaves", "src/modules/esims/top-ups/top-up-state.ts", "src/telemetry/metrics.ts"],
  ["config-is-a-leaf", "src/config/suppliers.ts", "src/telemetry/events.ts"],
  ["db-knows-no-feature", "src/db/database.ts", "src/modules/orders/order-read-model.ts"],
  ["http-knows-no-feature", "src/http/server.ts", "src/modules/auth/auth.module.ts"],
  ["providers-know-no-feature", "src/providers/mail/smtp.ts", "src/db/act.ts"],
  ["only-app-names-adapters", "src/modules/mail/mail.module.ts", "src/providers/mail/smtp-mailer.ts"],
  ["production-knows-no-fake", "src/compose/suppliers.ts", "packages/fakes/src/airalo/fake-server.ts"],
  ["production-knows-no-fake", "src/modules/mail/mail.module.ts", "tests/conformance/supplier.ts"],
  [
    "routes-do-not-touch-stores",
    "src/modules/orders/routes/create-order.ts",
    "src/modules/orders/keys-store.ts",
  ],
  [
    "routes-do-not-touch-stores",
    "src/modules/esims/delivery/routes/install-page.ts",
    "src/modules/esims/delivery/link-store.ts",
  ],
  ["routes-do-not-touch-stores", "src/modules/auth/routes/log-out.ts", "src/db/audit-log.ts"],
  ["nobody-imports-the-root", "src/telemetry/spans.ts", "src/app.ts"],
  ["auth-imports-left-only", "src/modules/auth/verify-code.ts", "src/modules/orders/orders.module.ts"],
  [
    "payments-imports-left-only",
    "src/modules/payments/create-payment.ts",
    "src/modules/esims/esims.module.ts",
  ],
  ["orders-uses-front-doors", "src/modules/orders/place-order.ts", "src/modules/payments/payment-store.ts"],
  [
    "admin-uses-front-doors",
    "src/modules/admin/order-timeline.ts",
    "src/modules/payments/refunds/refund-store.ts",
  ],
];

/** The same kinds of files, put together as they should be. */
const CLEAN: readonly (readonly [from: string, to: string])[] = [
  ["src/commands/b.ts", "packages/embedded-postgres/src/embedded-postgres.ts"],
  ["src/modules/orders/orders.module.ts", "src/modules/payments/payments.module.ts"],
  ["src/modules/admin/admin-read-model.ts", "src/modules/orders/order-read-model.ts"],
  ["src/compose/mail.ts", "src/providers/mail/smtp-mailer.ts"],
  ["src/providers/esim/airalo/airalo.test.ts", "packages/fakes/src/airalo/fake-server.ts"],
];

it("every arrow is held: an import against it is found, by the rule that forbids it", async () => {
  const root = temporaryFolder("arrows");
  const imports = new Map<string, string[]>();
  for (const [from, to] of [...PLANTED.map(([, from, to]) => [from, to] as const), ...CLEAN]) {
    imports.set(from, [...(imports.get(from) ?? []), to]);
    imports.set(to, imports.get(to) ?? []);
  }
  for (const [file, targets] of imports) {
    const lines = targets.map((to, n) => {
      const relative = path.posix.relative(path.posix.dirname(file), to).replace(/\.ts$/, ".js");
      return `import { x as x${n} } from "${relative.startsWith(".") ? relative : `./${relative}`}";\nx${n};`;
    });
    mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
    writeFileSync(path.join(root, file), `${lines.join("\n")}\nexport const x = 1;\n`);
  }
  writeFileSync(path.join(root, "tsconfig.json"), "{}");
  const { output } = await cruise(["src", "packages"], {
    ...config.options,
    baseDir: root,
    tsConfig: undefined,
    validate: true,
    ruleSet: { forbidden: config.forbidden },
  } as never);
  const found = (output as ICruiseResult).summary.violations.map(
    ({ rule, from, to }) => `${rule.name}: ${from} -> ${to}`,
  );
  expect(found.sort()).toEqual(PLANTED.map(([rule, from, to]) => `${rule}: ${from} -> ${to}`).sort());
});

it("every kind of rule has a planted import", () => {
  const kindOf = (rule: string): string =>
    rule.replace(/^[a-z]+-(imports-left-only|uses-front-doors)$/, "$1");
  const planted = new Set(PLANTED.map(([rule]) => kindOf(rule)));
  expect(
    [...new Set(config.forbidden.map(({ name }) => kindOf(name)))].filter((kind) => !planted.has(kind)),
  ).toEqual([]);
});
