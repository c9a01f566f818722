import type pg from "pg";
import { type AppliedMigration, noteApplied } from "./applied-migrations.js";
import { MigrationError } from "./migration-error.js";
import { checksumOf, labelOf, type Migration } from "./migration-files.js";
import { schemaTextOn } from "./schema-text.js";

/** The last migration of the baseline with which 0.2.0 begins; all later ones are applied as usual. */
export const BASELINE_LAST = 18;

/** What a database of 0.1.0 has when it is at its last state. */
const OLDER: readonly string[] = [
  ..."0001_foundation 0002_auth 0003_catalog 0004_orders 0005_payments 0006_esims 0007_inbox 0008_top_ups".split(
    " ",
  ),
  ..."0009_decision_keys 0010_order_consents 0011_supplier_words 0012_catalogue_readings 0013_payment_pages".split(
    " ",
  ),
  ..."0014_provider_keys 0015_failed_purchases 0016_order_caps 0017_mail_languages 0020_decline_cap".split(
    " ",
  ),
  ..."0022_outgoing_mails 0023_job_priorities 0025_cheaper_orders 0030_operators_reads 0031_team".split(" "),
  ..."0032_api_keys 0033_lists_by_state_and_amount 0034_refund_approvals 0037_settings 0040_price_rules".split(
    " ",
  ),
  ..."0041_supplier_packages 0042_care_notices 0050_audit_chain 0060_shop_events 0061_customers_refunds".split(
    " ",
  ),
  "0062_imported_orders",
];
const OLDER_LAST = "0062_imported_orders";

/** Of the schema that the baseline and the development tables make, which is that of 0.1.0 at its last state. */
const BASELINE_SCHEMA = "3554d2465e9ae4426ce43aae2cca93b4d68f2ffa642e2a0eecbfa4c0ab05a8b7";

/** A commit of this repository whose program has all of OLDER. */
const LAST_OLDER_COMMIT = "dd220eb";

/** Whether a program of before 0.2.0 made the database. */
export const isOlderDatabase = (applied: readonly AppliedMigration[]): boolean =>
  applied.some(({ checksum }) => checksum === null);

/**
 * Takes over a database of before 0.2.0 once: the same schema, by the baseline's names and checksums. Nothing is
 * guessed: only one that is at the last state of 0.1.0, by its migrations' names and by its whole catalogue.
 *
 * @throws MigrationError that says what to do, for every other; nothing is changed then.
 */
export async function adoptOlder(
  client: pg.Client,
  applied: readonly AppliedMigration[],
  migrations: readonly Migration[],
): Promise<void> {
  refuseOtherStates(applied.map(labelOf));
  await client.query("begin isolation level read committed");
  try {
    await client.query("alter table schema_migrations add column checksum text");
    await client.query("delete from schema_migrations");
    for (const migration of migrations.filter(({ version }) => version <= BASELINE_LAST)) {
      await noteApplied(client, migration);
    }
    await client.query("alter table schema_migrations alter column checksum set not null");
    if (checksumOf(await schemaTextOn(client)) !== BASELINE_SCHEMA) {
      throw new MigrationError(
        `The database names the migrations of Tribi 0.1.0 up to ${OLDER_LAST}, but its tables, functions or indexes are ` +
          "not what they make: an earlier build made it, or something was added by hand. Nothing was changed. " +
          `\`git show ${LAST_OLDER_COMMIT}:schema.sql\` has what is expected (docs/operations.md, "A database of before ` +
          '0.2.0"): bring the difference into line, or start with an empty database.',
      );
    }
    await client.query("commit");
  } catch (error) {
    await client.query("rollback");
    throw error;
  }
}

function refuseOtherStates(labels: readonly string[]): void {
  const missing = OLDER.filter((label) => !labels.includes(label));
  const foreign = labels.filter((label) => !OLDER.includes(label));
  if (missing.length + foreign.length === 0) return;
  const differs = [
    ...(missing.length > 0 ? [`without ${missing.join(", ")}`] : []),
    ...(foreign.length > 0 ? [`with ${foreign.join(", ")}`] : []),
  ];
  throw new MigrationError(
    `A Tribi of before the first release made this database; it is at ${labels.at(-1)} (${differs.join("; ")}). ` +
      `Only one that is at ${OLDER_LAST} exactly is taken over. Nothing was changed. Bring it there with the last ` +
      `program of before 0.2.0 (\`git checkout ${LAST_OLDER_COMMIT}\`, \`npm ci\`, \`node dist/main.js migrate up\`), then ` +
      "start this one again; or start with an empty database.",
  );
}
