/**
 * A part of one of this module's statements that belongs to another module: `sql` is the text of common table
 * expressions, the last of which is called `name`. So what follows from a payment or a refund is committed with it.
 */
export interface FollowUp {
  readonly name: string;
  readonly sql: string;
  /** What it touches waits for an operator from then on, who must be told. */
  readonly parks?: boolean;
}

/** The follow-ups as they stand in a statement, and the columns by which each is certain to run. */
export function followUpText(
  followUps: readonly FollowUp[],
  needed: string,
): { readonly ctes: string; readonly ran: string } {
  if (!followUps.some(({ name }) => name === needed)) {
    throw new Error(`One of the follow-ups must be called ${needed}`);
  }
  return {
    ctes: followUps.map(({ sql }) => sql).join(", "),
    ran: followUps.map(({ name }) => `(select count(*)::int from ${name}) as ran_${name}`).join(", "),
  };
}
