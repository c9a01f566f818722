import { describe, expect, it } from "vitest";
import { DEFECTS } from "./all-defects.js";
import { type Defect, labelOf } from "./defect.js";
import { judge } from "./judge.js";
import { mistakesOf } from "./mistakes.js";

const named = DEFECTS.map((defect) => [`${labelOf(defect)} ${defect.title}`, defect] as const);

/** Whoever changes the code or the test changes the defect with it: `npm run defects -- --only NN` tries it. */
it.each(named)("%s: still finds the code that it breaks, and its test", (_, defect) => {
  expect(mistakesOf(defect)).toEqual([]);
});

describe("the planted defects", () => {
  it("have a number each, and are enough", () => {
    expect(new Set(DEFECTS.map(labelOf)).size).toBe(DEFECTS.length);
    const count = (area: Defect["area"]): number => DEFECTS.filter((defect) => defect.area === area).length;
    expect(DEFECTS.length).toBeGreaterThanOrEqual(48);
    for (const area of ["money", "purchases", "login", "delivery"] as const) {
      expect(count(area), area).toBeGreaterThanOrEqual(8);
    }
    for (const area of ["catalogue", "migrations", "console", "operation"] as const) {
      expect(count(area), area).toBeGreaterThanOrEqual(2);
    }
  });
});

describe("a defect counts as killed", () => {
  const defect: Defect = {
    number: 1,
    title: "",
    area: "money",
    edits: [],
    target: { file: "tests/a.test.ts", test: "is paid once" },
    reason: /2 to be 1/,
  };
  const result = (status: string, message = "", title = "is paid once") => ({
    file: "tests/a.test.ts",
    title,
    groups: [],
    status,
    messages: message === "" ? [] : [message],
  });
  const passed = result("passed");
  const failed = result("failed", "expected 2 to be 1");

  it("only when the target fails for the predicted reason, the line ran, and the test passes without it", () => {
    expect(judge(defect, passed, [failed], true).verdict).toBe("killed");
    expect(judge(defect, passed, [result("failed", "timed out")], true).verdict).toBe("other reason");
    expect(judge(defect, passed, [failed], false).verdict).toBe("never ran");
    expect(judge(defect, failed, [failed], true).verdict).toBe("target does not pass");
    expect(judge(defect, undefined, [failed], true).verdict).toBe("no target");
    expect(judge(defect, result("skipped"), [failed], true).verdict).toBe("target does not pass");
  });

  it("and what survives says what to look for", () => {
    expect(judge(defect, passed, [passed], true).advice).toContain("blind oracle or missing law");
    expect(judge(defect, passed, [passed], false).advice).toContain("missing workload or wrong patch");
    const other = judge(defect, passed, [passed, result("failed", "", "is shown")], true);
    expect([other.verdict, other.advice]).toEqual(["survived", expect.stringContaining("is shown")]);
  });

  it("a title in several groups is judged by the group that runs", () => {
    expect(judge(defect, passed, [result("skipped"), failed], true).verdict).toBe("killed");
  });
});
