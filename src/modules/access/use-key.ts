import type { FastifyRequest } from "fastify";
import type { Db } from "../../db/database.js";
import type { FoundKey } from "../../http/session-guard.js";
import { AppError } from "../../kernel/errors.js";
import { type Permission, permissionsOf, type Role } from "../../kernel/permissions.js";
import { hashKeySecret } from "./key-secret.js";
import { findKeyInUse } from "./key-store.js";

/** A key that could make keys or members would outlive whatever its creator loses. */
const NEVER_OF_KEYS: ReadonlySet<Permission> = new Set(["team.write", "keys.write"]);

export const mayBeOfKeys = (permission: Permission): boolean => !NEVER_OF_KEYS.has(permission);

export const permissionsOfKey = (
  role: Role | null,
  single: readonly Permission[] | null,
): readonly Permission[] => [...(single ?? permissionsOf(role))].filter(mayBeOfKeys);

export interface UseKeyDeps {
  readonly db: Db;
  readonly ownerEmails: readonly string[];
  readonly addressOf: (request: FastifyRequest) => string;
}

/** What a key may do at this moment: its own part of what the person who made it may do now. */
export function makeUseKey({ db, ownerEmails, addressOf }: UseKeyDeps) {
  return async (secret: string, request: FastifyRequest): Promise<FoundKey | undefined> => {
    const hash = hashKeySecret(secret);
    if (hash === undefined) return undefined;
    const key = await findKeyInUse(db, hash, addressOf(request));
    if (key === undefined) return undefined;
    if (!key.is_from_here) {
      throw new AppError("forbidden", "This key may not be used from this address. Ask who made it.");
    }
    const creators = permissionsOf(ownerEmails.includes(key.email) ? "owner" : key.creator_role);
    const own = permissionsOfKey(key.key_role, key.permissions);
    return {
      keyId: key.id,
      userId: key.user_id,
      email: key.email,
      name: key.name,
      permissions: new Set(own.filter((permission) => creators.has(permission))),
    };
  };
}
