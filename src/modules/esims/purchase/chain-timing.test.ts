import { describe, expect, it } from "vitest";
import { pauseMillis } from "./chain-timing.js";

const PACE = { paceMillis: 1_000 };

describe("the pause before the next look", () => {
  it("doubles up to 32 times the pace", () => {
    const pauses = [0, 1, 2, 5, 6, 100].map((tries) => pauseMillis({ ...PACE, tries }));
    expect(pauses).toEqual([1_000, 2_000, 4_000, 32_000, 32_000, 32_000]);
  });

  it("ends when the settling time is over, since from then on finding nothing counts", () => {
    expect(pauseMillis({ ...PACE, tries: 5, settlesInMillis: 700 })).toBe(700);
    expect(pauseMillis({ ...PACE, tries: 0, settlesInMillis: 60_000 })).toBe(1_000);
    expect(pauseMillis({ ...PACE, tries: 5, settlesInMillis: 0 })).toBe(32_000);
  });

  it("is never shorter than the supplier says, whatever else is due", () => {
    expect(pauseMillis({ ...PACE, tries: 0, supplierSeconds: 30 })).toBe(30_000);
    expect(pauseMillis({ ...PACE, tries: 5, supplierSeconds: 30, settlesInMillis: 700 })).toBe(30_000);
    expect(pauseMillis({ ...PACE, tries: 5, supplierSeconds: 2 })).toBe(32_000);
  });
});
