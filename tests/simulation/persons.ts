import { insist } from "./insist.js";
import { makeRandom, type Random } from "./random.js";
import type { Leaving } from "./script.js";
import type { World } from "./world.js";

export interface Person {
  readonly userId: number;
  readonly email: string;
  readonly token: string;
}

/** Somebody who is no longer let in, and since when by this process's clock. */
export interface Gone extends Person {
  readonly how: Leaving["how"];
  readonly sinceMillis: number;
}

const MAIL_MILLIS_MAX = 60_000;

/** Signs in with a mailed code. */
export async function signIn(world: World, email: string): Promise<Person> {
  const route = makeRandom(email.length);
  const seen = world.mailBox.mails.length;
  const asked = await insist(world, route, "POST", "/auth/request-code", { body: { email } });
  if (asked.status !== 200) throw new Error(`request-code: ${asked.status} ${asked.text}`);
  const deadline = Date.now() + MAIL_MILLIS_MAX;
  let code: string | null = null;
  while (code === null) {
    if (Date.now() > deadline) throw new Error(`no code was mailed to ${email}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
    const mail = world.mailBox.mails.slice(seen).find((one) => one.to === email && one.loginCode !== null);
    code = mail?.loginCode ?? null;
  }
  const body = { email, code, challenge: asked.body.challenge, session: "bearer" };
  const answer = await insist(world, route, "POST", "/auth/verify-code", { body });
  if (answer.status !== 200) throw new Error(`verify-code: ${answer.status} ${answer.text}`);
  return { userId: answer.body.user.id, email, token: answer.body.token };
}

/** Undefined: the shop still owes something and says so, which is the only reason to refuse. */
export async function leave(
  world: World,
  route: Random,
  person: Person,
  how: Leaving["how"],
): Promise<Gone | undefined> {
  const answer =
    how === "deleted"
      ? await insist(world, route, "DELETE", "/auth/me", { bearer: person.token })
      : await insist(world, route, "POST", `/admin/users/${person.userId}/disable`, {
          bearer: world.adminToken,
          body: { reason: "campaign" },
        });
  // A repeated request finds what the one before has done, whose answer was lost.
  const isDone = answer.status === 200 || answer.status === (how === "deleted" ? 401 : 409);
  if (how === "deleted" && answer.status === 409 && answer.body.code === "deletion_waits") return undefined;
  if (!isDone) throw new Error(`leaving (${how}): ${answer.status} ${answer.text}`);
  return { ...person, how, sinceMillis: Date.now() };
}

/** Every table, and the queue of jobs, for a trace of a deleted person. */
export async function findTraces(world: World, gone: readonly Gone[]): Promise<string[]> {
  const deleted = gone.filter(({ how }) => how === "deleted");
  if (deleted.length === 0) return [];
  const tables = await world.query<{ name: string }>(
    `select c.oid::regclass::text as name from pg_class c
     where c.relkind = 'r'
       and (relnamespace = 'public'::regnamespace or c.oid = to_regclass('graphile_worker._private_jobs'))`,
  );
  const patterns = deleted.map(({ email }) => `%${email}%`);
  const found: string[] = [];
  for (const { name } of tables) {
    const rows = await world.query<{ row: string }>(
      `select left(t::text, 200) as row from ${name} t where t::text ilike any ($1) limit 3`,
      [patterns],
    );
    for (const { row } of rows) found.push(`a deleted person is still in ${name}: ${row}`);
  }
  return found;
}

/** A sender that had everything in its hands when the person was locked out may be so much later. */
const HANDED_OVER_MILLIS = 3_000;

/** No code and no link to one after somebody was locked out or has left; nothing at all to the address of nobody. */
export function findMailsToGone(world: World, gone: readonly Gone[]): string[] {
  const found: string[] = [];
  for (const { to, writtenAtMillis: atMillis, isSecret } of world.mailBox.mails) {
    if (to.endsWith("@deleted.invalid")) found.push(`a mail went to ${to}`);
    const one = gone.find(({ email }) => email === to);
    if (one === undefined || !isSecret || atMillis < one.sinceMillis + HANDED_OVER_MILLIS) continue;
    if (world.fleet.wasFrozenAt(one.sinceMillis, atMillis)) continue;
    found.push(`a code was mailed to ${to}, who was ${one.how} ${atMillis - one.sinceMillis} ms before`);
  }
  return found;
}
