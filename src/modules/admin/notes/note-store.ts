import { statement, type Tx } from "../../../db/database.js";

/** The person is locked against their deletion, which takes the notes along. */
const ADD = statement(
  "admin.add_note",
  `with person as (
     select u.id from users u where u.deleted_at is null
       and u.id = coalesce((select o.user_id from orders o where o.id = $2), $1) for share
   )
   insert into notes (user_id, order_id, author, text) select id, $2, $3, $4 from person
   where $2::bigint is null or exists (select from orders where id = $2)
   returning id`,
);

export interface NewNote {
  readonly userId: number | null;
  readonly orderId: number | null;
  readonly author: string;
  readonly text: string;
}

/** Undefined where there is no such order or person, or the person was deleted. */
export async function addNote(tx: Tx, note: NewNote): Promise<number | undefined> {
  const { rows } = await tx.run<{ id: number }>(ADD, [note.userId, note.orderId, note.author, note.text]);
  return rows[0]?.id;
}

const REMOVE = statement("admin.remove_note", "delete from notes where id = $1 returning user_id, order_id");

export interface RemovedNote {
  readonly user_id: number;
  readonly order_id: number | null;
}

export const removeNote = async (tx: Tx, id: number): Promise<RemovedNote | undefined> =>
  (await tx.run<RemovedNote>(REMOVE, [id])).rows[0];
