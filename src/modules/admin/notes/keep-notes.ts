import type { Act } from "../../../db/act.js";
import { writeAudit } from "../../../db/audit-log.js";
import type { Db } from "../../../db/database.js";
import { AppError } from "../../../kernel/errors.js";
import type { Permission } from "../../../kernel/permissions.js";
import { addNote, removeNote } from "./note-store.js";

export type KeepNotes = ReturnType<typeof makeKeepNotes>;

/** The audit log says who wrote and who took away; what a note says is in the note alone, and ends with it. */
export function makeKeepNotes(db: Db) {
  return {
    /** About an order, or about a person. Throws `not_found`. */
    add: (of: { readonly orderId: number } | { readonly userId: number }, text: string, act: Act) =>
      db.transaction(async (tx) => {
        const [orderId, userId] = "orderId" in of ? [of.orderId, null] : [null, of.userId];
        const id = await addNote(tx, { orderId, userId, author: act.actor, text });
        if (id === undefined)
          throw new AppError("not_found", orderId === null ? "User not found" : "Order not found");
        const subject = orderId === null ? `user:${userId}` : `order:${orderId}`;
        await writeAudit(tx, act, { action: "note.added", subject, after: { note: id } });
        return id;
      }),

    /** One about a customer needs what writing it needs. */
    remove: (id: number, permissions: ReadonlySet<Permission>, act: Act): Promise<void> =>
      db.transaction(async (tx) => {
        const removed = await removeNote(tx, id);
        if (removed === undefined) throw new AppError("not_found", "Note not found");
        const { user_id: userId, order_id: orderId } = removed;
        if (orderId === null && !permissions.has("customers.write")) {
          throw new AppError(
            "permission_missing",
            "This note is about a customer and needs the permission customers.write, which you do not have. Ask an owner of the shop.",
          );
        }
        const subject = orderId === null ? `user:${userId}` : `order:${orderId}`;
        await writeAudit(tx, act, { action: "note.removed", subject, before: { note: id } });
      }),
  };
}
