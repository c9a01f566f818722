import { type AppliedMigration, isChanged, readApplied } from "./applied-migrations.js";
import { withClient } from "./connect.js";
import { labelOf, type Migration, readMigrations } from "./migration-files.js";

export interface MigrationState {
  readonly label: string;
  /**
   * "newer": applied by a newer program, and this one does not know it. "older": of a database of before 0.2.0, which
   * the next start takes over or refuses. "changed": not as this program has it, which refuses to start with it.
   */
  readonly state: "applied" | "pending" | "newer" | "older" | "changed";
  readonly appliedAt: Date | null;
}

/** Every migration that the program or the database knows, oldest first. Changes nothing. */
export function readMigrationStatus(
  url: string,
  migrations: readonly Migration[] = readMigrations(),
): Promise<readonly MigrationState[]> {
  return withClient(url, async (client) => {
    const applied = await readApplied(client);
    const states = applied.map((one) => ({
      version: one.version,
      label: labelOf(one),
      state: stateOf(one, migrations),
      appliedAt: one.appliedAt,
    }));
    const pending = migrations
      .filter(({ version }) => !applied.some((one) => one.version === version))
      .map((one) => ({
        version: one.version,
        label: labelOf(one),
        state: "pending" as const,
        appliedAt: null,
      }));
    return [...states, ...pending].sort((left, right) => left.version - right.version);
  });
}

function stateOf(one: AppliedMigration, migrations: readonly Migration[]): MigrationState["state"] {
  if (one.checksum === null) return "older";
  const known = migrations.find(({ version }) => version === one.version);
  if (known === undefined) return "newer";
  return isChanged(one, known) ? "changed" : "applied";
}
