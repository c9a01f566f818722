#!/usr/bin/env node
/** The process entry: the command line. What each command does is in commands/. */
import { Command } from "commander";
import type { DemoOptions } from "./commands/demo.js";
import type { ImportLegacyOptions } from "./commands/import-legacy.js";
import { PROGRAM_VERSION } from "./version.js";

const program = new Command("tribi")
  .description("The backend of a travel eSIM store")
  .version(PROGRAM_VERSION)
  .showHelpAfterError("Run tribi --help to see the commands.");

program
  .command("serve")
  .description("serve the store: HTTP and, in the same process, the jobs")
  .option("--no-worker", "only HTTP; run `tribi worker` beside it")
  .action(async (options: { worker: boolean }) => {
    const { serve } = await import("./commands/serve.js");
    await serve({ api: true, worker: options.worker });
  });

program
  .command("worker")
  .description("only run the jobs (mail, provisioning, reconciliation)")
  .action(async () => {
    const { serve } = await import("./commands/serve.js");
    await serve({ api: false, worker: true });
  });

const migrate = program.command("migrate").description("bring the database up to date, or one step back");
migrate
  .command("up")
  .description("apply every pending migration; starting the store does the same")
  .action(async () => {
    const { runMigrateUp } = await import("./commands/migrate.js");
    await runMigrateUp();
  });
migrate
  .command("status")
  .description("list the migrations; exits 3 while any is pending")
  .action(async () => {
    const { runMigrateStatus } = await import("./commands/migrate.js");
    await runMigrateStatus();
  });
migrate
  .command("down")
  .description("undo the last migration and say which rows are lost")
  .option("--accept-data-loss", "do it in production too; exits 2 without it", false)
  .action(async (options: { acceptDataLoss: boolean }) => {
    const { runMigrateDown } = await import("./commands/migrate.js");
    await runMigrateDown(options);
  });

program
  .command("accept-secrets")
  .description("say that changed secrets are meant, so that starting warns of them no more")
  .action(async () => {
    const { acceptSecrets } = await import("./commands/secrets.js");
    await acceptSecrets();
  });

program
  .command("seed")
  .description("put the demo shop into an empty catalogue")
  .action(async () => {
    const { seed } = await import("./commands/seed.js");
    await seed();
  });

program
  .command("import-catalog")
  .description("import plans from a CSV file; exits 2 when rows were refused")
  .argument("<file>", "CSV in UTF-8; GET /admin/plans/export gives one to begin with")
  .option("--dry-run", "report what would happen and change nothing", false)
  .action(async (file: string, options: { dryRun: boolean }) => {
    const { importCatalogFile } = await import("./commands/import-catalog.js");
    await importCatalogFile(file, options);
  });

program
  .command("import-stock")
  .description("import eSIM codes into stock from a CSV file; exits 2 when rows were refused")
  .argument(
    "<file>",
    "CSV in UTF-8 with sku, activation_code, and iccid and confirmation_code if there are any",
  )
  .option("--dry-run", "report what would happen and change nothing", false)
  .option("--batch <name>", "what lists call this delivery (default: the file's name)")
  .addHelpText(
    "after",
    "\nImporting a file again is harmless: a code that is in stays as it is, sold or not.",
  )
  .action(async (file: string, options: { dryRun: boolean; batch?: string }) => {
    const { importStockFile } = await import("./commands/import-stock.js");
    await importStockFile(file, options);
  });

const catalogue = program.command("catalogue").description("the catalogue and what suppliers sell");
catalogue
  .command("sync")
  .description("compare what suppliers sell with the catalogue; exits 3 when something waits for a person")
  .option("--supplier <name>", "only this one")
  .option("--dry-run", "show the difference and keep nothing", false)
  .option("--apply", "apply the difference, as far as it needs no person", false)
  .option("--accept-held", "apply also what waits for a person", false)
  .action(async (options: { supplier?: string; dryRun: boolean; apply: boolean; acceptHeld: boolean }) => {
    const { runCatalogueSync } = await import("./commands/catalogue-sync.js");
    await runCatalogueSync(options);
  });

program
  .command("import-legacy")
  .description(
    "import customers, orders, eSIMs and unsold codes of the earlier backend; exits 2 when rows were left out",
  )
  .option("--from <address>", "its database: mysql://user:password@host:3306/name (needs mysqldump)")
  .option("--dump <file>", "what mysqldump wrote of it")
  .option("--dry-run", "report what would happen and change nothing", false)
  .addHelpText(
    "after",
    "\nRunning it again is harmless: what is in stays as it is, and what is new is taken.",
  )
  .action(async (options: ImportLegacyOptions) => {
    const { importLegacy } = await import("./commands/import-legacy.js");
    await importLegacy(options);
  });

const rates = program.command("rates").description("exchange rates, with which costs become prices");
rates
  .command("import")
  .description("import exchange rates from a CSV file, all or none; exits 2 when a row cannot be taken")
  .argument("<file>", "CSV in UTF-8 with base, currency, rate, date: 1 base is so many of the currency")
  .option("--accept-jump", "take rates that differ by more than RATES_MAX_JUMP_PERCENT", false)
  .action(async (file: string, options: { acceptJump: boolean }) => {
    const { importRatesFile } = await import("./commands/import-rates.js");
    await importRatesFile(file, options);
  });

const data = program.command("data").description("names of countries, regions and devices");
data
  .command("import")
  .description("import them from a CSV file, all or none; exits 2 when a row cannot be taken")
  .argument(
    "<kind>",
    "country-names (country, language, name), regions (region, countries, name_es, also) or devices (name, verdict, …)",
  )
  .argument("<file>", "CSV in UTF-8")
  .requiredOption("--source <text>", "who says so")
  .requiredOption("--date <day>", "as of when, such as 2026-11-30")
  .option("--dry-run", "check the file and keep nothing", false)
  .action(async (kind: string, file: string, options: { source: string; date: string; dryRun: boolean }) => {
    const { importData } = await import("./commands/import-data.js");
    await importData(kind, file, options);
  });
data
  .command("list")
  .description("what is used, from where and of when")
  .action(async () => {
    const { listData } = await import("./commands/import-data.js");
    await listData();
  });

program
  .command("demo")
  .description("buy an eSIM from a running store as a customer would, and draw its QR code")
  .option("--url <url>", "where the store is (default: this machine, at PORT)")
  .option("--email <address>", "sign in as this address (default: a new one each time)")
  .option("--country <code>", "buy a plan for this country", "ES")
  .addHelpText("after", "\nExits 0 when an eSIM is ready, 1 when a step failed, 2 when no store answers.")
  .action(async (options: DemoOptions) => {
    const { demo } = await import("./commands/demo.js");
    await demo(options);
  });

program
  .command("reconcile")
  .description(
    "compare our books with the payment providers'; exits 3 when something is left for an operator",
  )
  .option("--since <time>", "ISO 8601; the last three days when left out")
  .option("--apply", "put right what is certain, such as a paid intent whose webhook never came", false)
  .action(async (options: { since?: string; apply: boolean }) => {
    const { runReconcile } = await import("./commands/reconcile.js");
    await runReconcile(options);
  });

program
  .command("restored")
  .description("say that a backup was put back, so that nothing that was bought since is bought again")
  .requiredOption("--backup-time <time>", "ISO 8601: when the backup was made, or a little earlier")
  .addHelpText(
    "after",
    "\nRun it before anything is started on the database. docs/operations.md has the steps.",
  )
  .action(async (options: { backupTime: string }) => {
    const { runRestored } = await import("./commands/restored.js");
    await runRestored(options);
  });

program
  .command("audit")
  .description("prove the shop's books, read only and beside the running store; exits 1 on a violation")
  .option("--json", "print {laws: [{name, checked, violations, samples}], seconds}", false)
  .option("--full", "open every sealed code and compute the whole chain of the audit log anew", false)
  .action(async ({ json, full: isFull }: { json: boolean; full: boolean }) => {
    const { runAudit } = await import("./commands/audit.js");
    await runAudit({ json, isFull });
  });

program
  .command("doctor")
  .description("check the running money path and say what to correct; exits 1 when a check fails")
  .option("--json", "print {checks: [{id, status, message, fix}]}", false)
  .action(async (options: { json: boolean }) => {
    const { runDoctor } = await import("./commands/doctor.js");
    await runDoctor(options);
  });

program
  .command("reset-second-factor")
  .description("take a team member's second factor away, when nobody in the console can")
  .argument("<address>", "the member's e-mail address")
  .option("--reason <text>", "what the audit log says", "reset on the command line")
  .addHelpText(
    "after",
    "\nEvery session of theirs ends. They are told by mail and set up a new one at sign-in.",
  )
  .action(async (address: string, options: { reason: string }) => {
    const { resetSecondFactor } = await import("./commands/reset-second-factor.js");
    await resetSecondFactor(address, options);
  });

program
  .command("rotate-keys")
  .description("seal all codes at rest with the first of DATA_ENCRYPTION_KEYS, with traffic on")
  .action(async () => {
    const { rotateKeys } = await import("./commands/rotate-keys.js");
    await rotateKeys();
  });

program
  .command("openapi")
  .description("print the OpenAPI document of this version")
  .action(async () => {
    const { printOpenApi } = await import("./commands/openapi.js");
    await printOpenApi();
  });

await program.parseAsync();
