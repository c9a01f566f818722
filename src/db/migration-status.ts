import { withClient } from "./connect.js";
import { readApplied } from "./migrate.js";
import { labelOf, type Migration, readMigrations } from "./migration-files.js";

export interface MigrationState {
  readonly label: string;
  /** "newer": applied by a newer program; this one does not know it. */
  readonly state: "applied" | "pending" | "newer";
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
      state: migrations.some(({ version }) => version === one.version)
        ? ("applied" as const)
        : ("newer" as const),
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
