export interface MailDefinition {
  /** Names it in the table, in metrics and in the operators' list; never reused for another mail. */
  readonly kind: string;
  /** Of its job: the lowest is sent first. */
  readonly priority: number;
  /** SQL joins that begin with `left join`, from the mail `c` with its `subject_id` and `order_id`. */
  readonly from: string;
  /**
   * SQL that says in a word why this mail is not to be sent, and null while it is. `person_disabled` may end and makes
   * the mail wait; every other word cancels it. A subject that is not there any more has to have a word too.
   */
  readonly obstacle: string;
  /** SQL columns that the composer reads. */
  readonly columns: string;
  /** A last look at the obstacle right before it is handed over: for mails that open something. */
  readonly looksAgain?: boolean;
  /** A further part of the statement that notes what came of it: a CTE that reads `settled (subject_id, status)`. */
  readonly follow?: { readonly name: string; readonly sql: string };
  /** After so many hours the row is deleted; for good without it, so that the mail is never queued again. */
  readonly keptHours?: number;
}
