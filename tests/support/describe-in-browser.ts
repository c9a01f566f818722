import { describe } from "vitest";
import { browserProblem } from "./browser.js";

const problem = await browserProblem();
if (problem !== null)
  console.warn(`Tests in a browser are skipped: no Chromium starts here. Install one. (${problem})`);

/** `describe` for what needs a browser: where none starts its tests are skipped, and it is said why. */
export const describeInBrowser = describe.skipIf(problem !== null);
