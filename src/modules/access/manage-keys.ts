import type { Act } from "../../db/act.js";
import { writeAudit } from "../../db/audit-log.js";
import type { Db } from "../../db/database.js";
import { canonicalNetwork } from "../../http/client-address.js";
import { AppError, type FieldProblem } from "../../kernel/errors.js";
import type { Permission, Role } from "../../kernel/permissions.js";
import { hashKeySecret, hintOf, makeKeySecret } from "./key-secret.js";
import { insertKey, type KeyRow, listKeys, replaceKeyIfLive, revokeKeyIfLive } from "./key-store.js";
import { mayBeOfKeys, permissionsOfKey } from "./use-key.js";

export interface MakeKey {
  readonly name: string;
  readonly role: Role | null;
  readonly permissions: readonly Permission[] | null;
  readonly addresses: readonly string[];
  readonly days: number;
  readonly reason: string;
}

export interface Maker {
  readonly userId: number;
  readonly permissions: ReadonlySet<Permission>;
  readonly act: Act;
}

export type ManageKeys = ReturnType<typeof makeManageKeys>;

export interface ShownKey {
  readonly key: KeyRow;
  /** Shown this once. */
  readonly secret: string;
}

export function makeManageKeys({ db }: { db: Db }) {
  return {
    list: () => listKeys(db),

    async make(command: MakeKey, maker: Maker): Promise<ShownKey> {
      assertMakeable(command, maker);
      const { secret, hash } = newSecret();
      const { reason, ...wanted } = command;
      const addresses = command.addresses.map((address) => canonicalNetwork(address) ?? address);
      const key = await db.transactionAs(maker.act, async (tx) => {
        const row = await insertKey(tx, {
          ...wanted,
          addresses,
          hash,
          hint: hintOf(secret),
          createdBy: maker.userId,
        });
        const after = { name: row.name, role: row.role, permissions: row.permissions, reason };
        await writeAudit(tx, maker.act, { action: "key.made", subject: `key:${row.id}`, after });
        return row;
      });
      return { key, secret };
    },

    async rotate(id: number, overlapHours: number, maker: Maker): Promise<ShownKey> {
      const { secret, hash } = newSecret();
      const key = await db.transactionAs(maker.act, async (tx) => {
        const row = await replaceKeyIfLive(tx, id, {
          hash,
          hint: hintOf(secret),
          createdBy: maker.userId,
          overlapHours,
        });
        if (row === undefined) throw notLive();
        const after = { replaced_by: row.id, overlap_hours: overlapHours };
        await writeAudit(tx, maker.act, { action: "key.rotated", subject: `key:${id}`, after });
        return row;
      });
      return { key, secret };
    },

    async revoke(id: number, reason: string, act: Act): Promise<void> {
      await db.transactionAs(act, async (tx) => {
        if (!(await revokeKeyIfLive(tx, id))) throw notLive();
        await writeAudit(tx, act, { action: "key.revoked", subject: `key:${id}`, after: { reason } });
      });
    },
  };
}

function newSecret(): { readonly secret: string; readonly hash: Buffer } {
  const secret = makeKeySecret();
  const hash = hashKeySecret(secret);
  if (hash === undefined) throw new Error("A key was made that is none");
  return { secret, hash };
}

const notLive = (): AppError =>
  new AppError("not_found", "There is no live key of this id: it is over, revoked, or replaced already.");

/** One of role or permissions, and nothing that its maker may not do, or that no key may. */
function assertMakeable(command: MakeKey, maker: Maker): void {
  const errors: FieldProblem[] = [];
  if ((command.role === null) === (command.permissions === null)) {
    errors.push({ pointer: "/role", message: "give either a role or permissions" });
  }
  for (const [index, permission] of (command.permissions ?? []).entries()) {
    if (mayBeOfKeys(permission)) continue;
    errors.push({ pointer: `/permissions/${index}`, message: "is never given to a key" });
  }
  const excess = permissionsOfKey(command.role, command.permissions).filter(
    (one) => !maker.permissions.has(one),
  );
  if (excess.length > 0) {
    errors.push({ pointer: "/permissions", message: `holds what you may not do: ${excess.join(", ")}` });
  }
  for (const [index, address] of command.addresses.entries()) {
    if (canonicalNetwork(address) !== undefined) continue;
    errors.push({
      pointer: `/addresses/${index}`,
      message: "must be an address or a network such as 192.0.2.0/24",
    });
  }
  if (errors.length > 0) throw new AppError("validation_failed", "This key cannot be made.", { errors });
}
