/** What was found where a rule of the books was checked. */
export interface RuleResult {
  readonly name: string;
  /** Rows that were looked at. */
  readonly checked: number;
  readonly violations: number;
  /** Ids of the first of them, as `order:12`. */
  readonly samples: readonly string[];
}
