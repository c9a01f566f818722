import { type Queryable, statement, type Tx } from "../../../db/database.js";

export interface NoteRow {
  readonly id: number;
  readonly order_id: number | null;
  readonly author: string;
  /** Their address, where the author is a person who is still known. */
  readonly author_email: string | null;
  readonly text: string;
  readonly created_at: string;
}

/** The newest of a page are enough for it. */
const SHOWN_MAX = 100;

const COLUMNS = `n.id, n.order_id, n.author, n.text, n.created_at,
     (select u.email from users u where u.id = substring(n.author from '^admin:([0-9]+)$')::bigint) as author_email`;
const OF_CUSTOMER = statement(
  "admin.notes_of_customer",
  `select ${COLUMNS} from notes n where n.user_id = $1 order by n.id desc limit ${SHOWN_MAX}`,
);
const OF_ORDER = statement(
  "admin.notes_of_order",
  `select ${COLUMNS} from notes n where n.order_id = $1 order by n.id desc limit ${SHOWN_MAX}`,
);

/** Those about the customer's orders too. */
export const listNotesOfCustomer = async (db: Queryable, userId: number): Promise<readonly NoteRow[]> =>
  (await db.run<NoteRow>(OF_CUSTOMER, [userId])).rows;

export const listNotesOfOrder = async (db: Queryable, orderId: number): Promise<readonly NoteRow[]> =>
  (await db.run<NoteRow>(OF_ORDER, [orderId])).rows;

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

const COLLECT = statement(
  "admin.collect_notes",
  "select order_id, text, created_at from notes where user_id = $1 order by id",
);

/** For the person's export. */
export const collectNotesOf = async (db: Queryable, userId: number): Promise<unknown> =>
  (await db.run(COLLECT, [userId])).rows;
