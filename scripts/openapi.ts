/**
 * Writes openapi.json from the routes, and the client's types from it: `npm run openapi`. With --check it fails when one
 * of them is out of date.
 */
import openapiTypes, { astToString } from "openapi-typescript";
import { openApiText } from "../src/commands/openapi.js";
import { writeOrCheck } from "./drift.js";

const text = await openApiText();
writeOrCheck("openapi.json", text);
const types = astToString(await openapiTypes(text, { silent: true }));
writeOrCheck("client/src/api-types.ts", `// Made from openapi.json by npm run openapi.\n${types}`);
