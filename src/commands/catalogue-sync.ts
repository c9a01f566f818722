import { makePriceProblem } from "../compose/prices.js";
import { composeRemoteSuppliers } from "../compose/suppliers.js";
import { loadConfig } from "../config/config.js";
import { readEnvironment } from "../config/env.js";
import { openDatabase } from "../db/database.js";
import { readReference, useRegions } from "../modules/catalog/catalog.module.js";
import { closeUnpaidOrdersOfPlans } from "../modules/orders/orders.module.js";
import { makeCurrentSetting } from "../modules/settings/settings.module.js";
import { makeApplySync, makeSyncCatalogue, type SyncReport } from "../modules/supply/supply.module.js";
import { makeEvents } from "../telemetry/events.js";
import { armFailpoints } from "../telemetry/failpoints.js";
import { makeLog } from "../telemetry/log.js";
import { makeMetrics } from "../telemetry/metrics.js";
import { openDatabaseServer } from "./database-server.js";
import { exitOnFailure } from "./exit.js";
import { migrateStore } from "./on-database.js";

export interface CatalogueSyncCommand {
  readonly supplier?: string;
  readonly dryRun: boolean;
  readonly apply: boolean;
  readonly acceptHeld: boolean;
}

/** Something waits for a person, or a catalogue was not read whole. */
const WAITS = 3;
const ACT = { actor: "system:catalogue-sync", requestId: null };

/** `tribi catalogue sync`: compares what suppliers sell with the catalogue, and applies the difference when told so. */
export async function runCatalogueSync(command: CatalogueSyncCommand): Promise<void> {
  await exitOnFailure(async () => {
    if (command.dryRun && command.apply) throw new Error("Give one of --dry-run and --apply.");
    const say = (line: string): void => void process.stdout.write(`${line}\n`);
    const { values, problems } = readEnvironment();
    armFailpoints(values);
    const config = loadConfig(values, problems);
    useRegions(readReference(config.catalog.referenceFolder, "regions")?.rows ?? []);
    const server = await openDatabaseServer(config, say);
    const suppliers = await composeRemoteSuppliers(config.esims.suppliers);
    const db = openDatabase({
      url: server.url,
      poolMax: 2,
      applicationName: "tribi sync",
      statementTimeoutMillis: 60_000,
    });
    try {
      await migrateStore(config, server.url, say);
      const log = makeLog({ ...config.log, level: "error" });
      const { rates: limits } = config.supply;
      const setting = makeCurrentSetting({ db, defaults: config.settings, log });
      const maxChangePercent = () => setting.current("sync_max_change_percent");
      const events = makeEvents(log, makeMetrics().registry);
      const priceProblem = makePriceProblem(config.payments);
      const sync = makeSyncCatalogue({ db, suppliers, limits, maxChangePercent, priceProblem, events, log });
      const report = await sync({
        supplier: command.supplier ?? null,
        isDryRun: command.dryRun,
        acceptsHeld: command.acceptHeld,
        act: ACT,
      });
      process.exitCode = tell(report, say);
      if (report.kind !== "compared" || report.syncId === null || !command.apply) return;
      const applied = await makeApplySync({
        db,
        onChanged: () => {},
        closeUnpaidOrders: closeUnpaidOrdersOfPlans,
      })({
        syncId: report.syncId,
        acceptsHeld: command.acceptHeld,
        act: ACT,
      });
      if (applied.kind === "applied")
        say(`Applied ${applied.applied}, skipped ${applied.skipped}, waiting ${applied.waiting}.`);
      else
        say(
          report.heldReason === "first_run"
            ? "Nothing was applied: it is the first run. Look at it, then add --accept-held."
            : "Nothing was applied: it is more than SYNC_MAX_CHANGE_PERCENT. Look at it, then add --accept-held.",
        );
    } finally {
      await Promise.all(suppliers.map((supplier) => supplier.close()));
      await db.close();
      await server.stop();
    }
  });
}

const SHOWN = 20;

/** What a sale leaves after card fee and cost, where it is known. */
function marginWords(margin: { before: string | null; after: string | null } | undefined): string {
  const known = [margin?.before, margin?.after].filter((text) => typeof text === "string");
  return known.length === 0 ? "" : ` (leaves ${[...new Set(known)].join(" -> ")})`;
}

function tell(report: SyncReport, say: (line: string) => void): number {
  if (report.kind === "no_rules")
    throw new Error("There are no price rules. PUT /admin/price-rules says how prices are made.");
  if (report.kind === "unknown_supplier") throw new Error("There is no such supplier with credentials.");
  const { counts, steps, findings, unread, heldReason } = report;
  for (const { supplier, why } of unread)
    say(`${supplier}: not read whole (${why}); nothing of it was taken.`);
  say(
    `${counts.packages} packages: ${counts.added} new, ${counts.changed} changed, ${counts.vanished} vanished.`,
  );
  say(
    `Plans: ${counts.create} to make, ${counts.change} to change, ${counts.pause} to pause; prices ${counts.price_up} up, ${counts.price_down} down.`,
  );
  for (const { kind, before, after, heldReason: held } of steps.slice(0, SHOWN)) {
    const prices = Object.entries(after.draft.prices).map(([currency, minor]) => {
      const earlier = before?.prices[currency];
      const price =
        earlier === undefined || earlier === minor
          ? `${currency} ${minor}`
          : `${currency} ${earlier} -> ${minor}`;
      return `${price}${marginWords(after.margins?.[currency])}`;
    });
    say(`  ${kind} ${after.draft.name}: ${prices.join(", ")}${held === null ? "" : ` (waits: ${held})`}`);
  }
  if (steps.length > SHOWN) say(`  and ${steps.length - SHOWN} more`);
  for (const { supplier, package_id: id, code, why } of findings.slice(0, SHOWN))
    say(`  ${code}: ${supplier} ${id ?? "?"}. ${why}`);
  if (findings.length > SHOWN) say(`  and ${findings.length - SHOWN} more findings`);
  return unread.length > 0 || heldReason !== null || counts.held > 0 ? WAITS : 0;
}
