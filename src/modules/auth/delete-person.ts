import type { Act } from "../../db/act.js";
import type { Db, Tx } from "../../db/database.js";
import type { EmailAddress } from "../../kernel/email-address.js";
import { AppError } from "../../kernel/errors.js";
import type { Events } from "../../telemetry/events.js";
import type { LoginSecrets } from "./login-secrets.js";
import { anonymisePerson, countLiveSessions, lockPerson } from "./person-store.js";
import type { SessionCache } from "./session-cache.js";

/** An order that a person has paid for, or may have paid for, and has nothing of yet. */
export interface OwedOrder {
  readonly reference: string;
  /**
   * - settling: the payment provider has not said yet whether it is paid
   * - preparing: it is paid, and what was bought is on its way
   * - unseen: what was bought is there, and neither a mail nor a page has shown it
   */
  readonly why: "settling" | "preparing" | "unseen";
}

/** The orders of a person who leaves or is locked out; the orders module answers. */
export interface OrdersOfPerson {
  /** Ends the unpaid ones, each with its intent cancelled at the provider first. */
  readonly release: (userId: number) => Promise<unknown>;
  /** The same as a job of this transaction. */
  readonly enqueueRelease: (tx: Tx, userId: number) => Promise<void>;
  readonly findOwed: (tx: Tx, userId: number) => Promise<readonly OwedOrder[]>;
}

/** A member of the team who leaves; the access module answers. Each throws `last_owner`. */
export interface TeamOfPerson {
  readonly assertMayLeave: (tx: Tx, userId: number) => Promise<void>;
  readonly leave: (tx: Tx, userId: number) => Promise<void>;
}

export interface DeletePersonDeps {
  readonly db: Db;
  /** Works for the shop: an owner by the environment, or a member of the team. */
  readonly isOperator: (tx: Tx, userId: number) => Promise<boolean>;
  readonly secrets: LoginSecrets;
  readonly sessionCache: SessionCache;
  readonly events: Events;
  readonly orders: OrdersOfPerson;
  readonly team: TeamOfPerson;
}

export type DeletePerson = ReturnType<typeof makeDeletePerson>;

/**
 * Anonymises a person and ends every session; money rows stay and point to nobody. Unpaid orders end first. While
 * something that was paid has not reached the person it refuses, and says what is missing: nothing paid is lost.
 */
export function makeDeletePerson(deps: DeletePersonDeps) {
  const { db, secrets, sessionCache, events, orders, team } = deps;
  const remove = async (userId: number, act: Act, get: (tx: Tx) => Promise<EmailAddress>): Promise<void> => {
    await db.transaction(async (tx) => {
      await team.assertMayLeave(tx, userId);
      await get(tx);
    });
    await orders.release(userId);
    const sids = await db.transaction(async (tx) => {
      await team.leave(tx, userId);
      const email = await get(tx);
      const owed = await orders.findOwed(tx, userId);
      if (owed.length > 0) throw waitsFor(owed);
      return anonymisePerson(tx, userId, { alias: secrets.aliasOf(email), act });
    });
    sessionCache.forgetUser(userId);
    for (const _ of sids) events.sessionRevoked({ reason: "user_deleted" });
  };
  return {
    /** By the person. */
    own: (userId: number, requestId: string): Promise<void> =>
      remove(userId, { actor: `user:${userId}`, requestId }, (tx) => getPerson(tx, userId)),

    /** By an operator, whom the person asked for it. Throws `not_found`, and `conflict` for one who works here. */
    byOperator: (userId: number, act: Act): Promise<void> =>
      remove(userId, act, (tx) => getCustomer(tx, userId, deps)),

    /** What it would end, and what it would wait for. */
    preview: (userId: number): Promise<DeletionPreview> =>
      db.transaction(async (tx) => {
        const person = await lockPerson(tx, userId);
        if (person === undefined) throw notFound();
        const owed = await orders.findOwed(tx, userId);
        const waitsFor = owed.filter(({ why }) => why !== "settling");
        const isOperator = await deps.isOperator(tx, userId);
        return {
          email: person.email,
          sessions: await countLiveSessions(tx, userId),
          unpaidOrders: owed.length - waitsFor.length,
          waitsFor,
          refusal: isOperator ? "is_operator" : waitsFor.length > 0 ? "deletion_waits" : null,
        };
      }),
  };
}

export interface DeletionPreview {
  readonly email: string;
  readonly sessions: number;
  /** That end first, unless one of them turns out to be paid. */
  readonly unpaidOrders: number;
  readonly waitsFor: readonly OwedOrder[];
  readonly refusal: "is_operator" | "deletion_waits" | null;
}

const notFound = (): AppError => new AppError("not_found", "User not found");

/** Who works for the shop leaves the team first, which only an owner decides. */
export async function getCustomer(
  tx: Tx,
  userId: number,
  { isOperator }: Pick<DeletePersonDeps, "isOperator">,
): Promise<EmailAddress> {
  const person = await lockPerson(tx, userId);
  if (person === undefined) throw notFound();
  if (await isOperator(tx, userId))
    throw new AppError(
      "conflict",
      "This person works for the shop. An owner takes them off the team, or out of ADMIN_EMAILS, first.",
    );
  return person.email;
}

/** A disabled person may delete nothing: a session that another process still remembers is over. */
async function getPerson(tx: Tx, userId: number) {
  const person = await lockPerson(tx, userId);
  if (person === undefined || person.isDisabled) throw new AppError("invalid_credentials", "Invalid token");
  return person.email;
}

const SAYS = {
  settling: "the payment provider has not said yet whether it is paid; try again in a few minutes",
  preparing: "it is paid and being prepared; wait until it has come, or ask the shop for your money back",
  unseen: "it is paid and ready; look at it first, or ask the shop for your money back",
} as const satisfies Record<OwedOrder["why"], string>;

/** Enough to act on; whoever has more sees the rest after these. */
const NAMED_MAX = 5;

function waitsFor(owed: readonly OwedOrder[]): AppError {
  const lines = owed.slice(0, NAMED_MAX).map(({ reference, why }) => `Order ${reference}: ${SAYS[why]}.`);
  const rest = owed.length > NAMED_MAX ? ` And ${owed.length - NAMED_MAX} more.` : "";
  return new AppError("deletion_waits", `The account was not deleted yet. ${lines.join(" ")}${rest}`);
}
