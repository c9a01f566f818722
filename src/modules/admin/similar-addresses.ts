import { type Queryable, statement } from "../../db/database.js";

const CANDIDATES_MAX = 2_000;
const TYPOS_MAX = 2;
const PART_MIN = 3;
const END_OF_PREFIX = "\u{10FFFF}";

const CANDIDATES = statement(
  "admin.find_similar_addresses",
  `(select id, email from users where email ~>=~ $1 and email ~<~ $2 order by email using ~<~ limit ${CANDIDATES_MAX})
   union
   (select id, email from users where reverse(email) ~>=~ $3 and reverse(email) ~<~ $4
    order by reverse(email) using ~<~ limit ${CANDIDATES_MAX})`,
);

/**
 * People whose address is the typed one with at most two typing mistakes: one half of what was typed is right then,
 * and an index finds who has it.
 */
export async function findSimilarAddresses(db: Queryable, typed: string): Promise<readonly number[]> {
  const email = typed.toLowerCase();
  const name = email.split("@")[0] ?? "";
  const half = Math.ceil(name.length / 2);
  if (!email.includes("@") || half < PART_MIN) return [];
  const beginning = email.slice(0, half);
  const end = [...email.slice(half)].reverse().join("");
  const { rows } = await db.run<{ id: number; email: string }>(CANDIDATES, [
    beginning,
    `${beginning}${END_OF_PREFIX}`,
    end,
    `${end}${END_OF_PREFIX}`,
  ]);
  return rows
    .map((row) => ({ id: row.id, typos: typosBetween(email, row.email) }))
    .filter(({ typos }) => typos <= TYPOS_MAX)
    .sort((a, b) => a.typos - b.typos)
    .slice(0, 10)
    .map(({ id }) => id);
}

/** Letters that were left out, added, mistaken, or typed in the other order (optimal string alignment distance). */
export function typosBetween(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > TYPOS_MAX) return TYPOS_MAX + 1;
  let before: number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const isSame = a[i - 1] === b[j - 1];
      let typos = Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + (isSame ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        typos = Math.min(typos, (before[j - 2] ?? 0) + 1);
      }
      next.push(typos);
    }
    [before, row] = [row, next];
  }
  return row[b.length] ?? 0;
}
