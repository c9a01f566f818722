import type { MailKind } from "../../mail/mail.module.js";

/** Where a kind of purchase has its rows, and which jobs work on it. */
export interface PurchaseTable {
  /** Of the names of its statements. */
  readonly module: "esims" | "top_ups";
  readonly table: "esim_profiles" | "top_ups";
  /** Of `provisioning_attempts`, and what the job of its refund is told. */
  readonly attemptColumn: "profile_id" | "top_up_id";
  /** SQL: takes the lease and shows what the next step is decided by; $1 order, $2 seconds, $3 parked ones too. */
  readonly claim: string;
  readonly keyPrefix: string;
  /** SQL: enqueues the job that brings an order's purchase on. */
  readonly enqueue: (orderId: string, runAt?: string) => string;
  readonly refundKeyPrefix: string;
  /** SQL: enqueues the job that gives the price of a failed one back. */
  readonly enqueueRefund: (id: string, runAt?: string) => string;
  /** SQL: enqueues the job that looks what became of an attempt nobody waits for any more. */
  readonly enqueueSurplus: (attemptId: string) => string;
  /** SQL: what follows from a failure, of its `id` and `order_id`. */
  readonly whenFailed: string;
}

const enqueued = (task: string, keyPrefix: string, member: string) => (value: string, runAt?: string) =>
  `enqueue_job('${task}', json_build_object('${member}', ${value}), '${keyPrefix}:' || ${value}${
    runAt === undefined ? "" : `, ${runAt}`
  })`;

export function purchaseTable(
  of: Pick<
    PurchaseTable,
    "module" | "table" | "attemptColumn" | "claim" | "keyPrefix" | "refundKeyPrefix"
  > & {
    readonly task: string;
    readonly refundTask: string;
    readonly surplusTask: string;
    /** That nothing was delivered and the money goes back. */
    readonly failedMail: MailKind;
  },
): PurchaseTable {
  const enqueueRefund = enqueued(of.refundTask, of.refundKeyPrefix, of.attemptColumn);
  return {
    ...of,
    enqueue: enqueued(of.task, of.keyPrefix, "order_id"),
    enqueueRefund,
    enqueueSurplus: enqueued(of.surplusTask, "surplus", "attempt_id"),
    whenFailed: [enqueueRefund("id"), of.failedMail.queue({ subject: "id", order: "order_id" })].join(
      ",\n     ",
    ),
  };
}
