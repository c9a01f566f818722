import type { MailKind } from "../../mail/mail.module.js";

/** Where a kind of purchase has its rows, and which jobs work on it. */
export interface PurchaseTable {
  /** Of the names of its statements. */
  readonly module: "esims" | "top_ups";
  readonly table: "esim_profiles" | "top_ups";
  /** Of `provisioning_attempts`. */
  readonly attemptColumn: "profile_id" | "top_up_id";
  /** SQL: takes the lease and shows what the next step is decided by; $1 order, $2 seconds, $3 parked ones too. */
  readonly claim: string;
  /** The job that brings an order's purchase on. */
  readonly bringOn: JobText;
  /** The job that gives the price of a failed one back. */
  readonly refund: JobText;
  /** SQL: enqueues the job that looks what became of an attempt nobody waits for any more. */
  readonly enqueueSurplus: (attemptId: string) => string;
  /** SQL: what follows from a failure, of its `id` and `order_id`. */
  readonly whenFailed: string;
}

/** SQL about the job of one row. */
export interface JobText {
  readonly enqueue: (id: string, runAt?: string) => string;
  readonly isWaiting: (id: string) => string;
}

interface JobOfOne<Member extends string> {
  enqueue(values: Readonly<Record<Member, string>>, options?: { readonly runAt?: string }): string;
  isWaiting(value: string): string;
}

const jobText = <Member extends string>(job: JobOfOne<Member>, member: Member): JobText => ({
  enqueue: (id, runAt) =>
    job.enqueue({ [member]: id } as Record<Member, string>, runAt === undefined ? {} : { runAt }),
  isWaiting: (id) => job.isWaiting(id),
});

export function purchaseTable<Column extends PurchaseTable["attemptColumn"]>(
  of: Pick<PurchaseTable, "module" | "table" | "claim"> & {
    readonly attemptColumn: Column;
    readonly bringOn: JobOfOne<"order_id">;
    readonly refund: JobOfOne<Column>;
    readonly surplus: JobOfOne<"attempt_id">;
    /** That nothing was delivered and the money goes back. */
    readonly failedMail: MailKind;
  },
): PurchaseTable {
  const refund = jobText(of.refund, of.attemptColumn);
  return {
    module: of.module,
    table: of.table,
    attemptColumn: of.attemptColumn,
    claim: of.claim,
    bringOn: jobText(of.bringOn, "order_id"),
    refund,
    enqueueSurplus: (attemptId) => of.surplus.enqueue({ attempt_id: attemptId }),
    whenFailed: [refund.enqueue("id"), of.failedMail.queue({ subject: "id", order: "order_id" })].join(
      ",\n     ",
    ),
  };
}
