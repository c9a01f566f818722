/** Writes openapi.json from the routes: `npm run openapi`. With --check it fails when the file is out of date. */
import { openApiText } from "../src/commands/openapi.js";
import { writeOrCheck } from "./drift.js";

writeOrCheck("openapi.json", await openApiText());
