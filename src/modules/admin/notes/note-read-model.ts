import { type Queryable, statement } from "../../../db/database.js";

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

const COLLECT = statement(
  "admin.collect_notes",
  "select order_id, text, created_at from notes where user_id = $1 order by id",
);

/** For the person's export. */
export const collectNotesOf = async (db: Queryable, userId: number): Promise<unknown> =>
  (await db.run(COLLECT, [userId])).rows;
