/** Who acts and on whose request; every change of money, eSIM or admin state carries it into the audit log. */
export interface Act {
  /** "admin:3", "user:7", "system:reconcile", "webhook:STRIPE". */
  readonly actor: string;
  readonly requestId: string | null;
  /** Why, where the person said so; goes into the audit log beside what was done. */
  readonly reason?: string | undefined;
}
