/** Lints openapi.json by Redocly's rules: `npm run check` refuses an error as well as a warning. */
import { readFileSync } from "node:fs";
import { createConfig, lintFromString } from "@redocly/openapi-core";

const config = await createConfig({
  extends: ["recommended-strict"],
  rules: {
    "operation-operationId": "error",
    "operation-operationId-unique": "error",
    "operation-operationId-url-safe": "error",
    "operation-summary": "error",
    "operation-singular-tag": "error",
    "operation-tag-defined": "error",
    "tag-description": "error",
    "no-duplicated-tag-names": "error",
    "no-invalid-media-type-examples": "error",
    "no-invalid-schema-examples": "error",
    "no-unused-components": "error",
    // Each operation names its own refusals; what any request may get is its default answer.
    "operation-4xx-response": "off",
    // /esims/webhook/{supplier} is told from /esims/{id}/… by its fixed part, and suppliers have its address.
    "no-ambiguous-paths": "off",
  },
});
const problems = await lintFromString({
  source: readFileSync("openapi.json", "utf8"),
  absoluteRef: "openapi.json",
  config,
});
for (const { severity, ruleId, message, location } of problems)
  console.log(`${severity} ${ruleId}: ${message} (${location[0]?.pointer ?? ""})`);
process.exitCode = problems.length === 0 ? 0 : 1;
