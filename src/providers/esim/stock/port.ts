/**
 * The shelf of the stock supplier: codes that the shop bought in bulk and imported. The esims module implements it
 * over its own tables; stock-supplier.ts makes a supplier of it.
 *
 * Every function may throw when the database fails: taking is idempotent by reference, so it may be repeated.
 */
export interface StockShelf {
  /**
   * Takes one item for this reference, or gives again the one it has taken. Matches on the package and nothing
   * weaker; an item that was ever taken is never taken for another reference.
   */
  take(request: { readonly reference: string; readonly packageId: string }): Promise<StockItem | null>;
  /** The item that this reference has taken. */
  find(reference: string): Promise<StockItem | null>;
  /** given_back: may be sold again. kept: taken out of sale for ever, because somebody has seen the code. */
  giveBack(reference: string): Promise<"given_back" | "kept" | "not_found">;
}

export interface StockItem {
  /** Stable key of the item, e.g. its row id as text. */
  readonly itemId: string;
  /** The full code as imported. Secret. */
  readonly activationCodeText: string;
  readonly confirmationCode: string | null;
  /** null when the import had none. */
  readonly iccid: string | null;
}
