#!/usr/bin/env node
/**
 * `fakes NAME [--port NUMBER] [--store URL]`: plays a payment provider or an eSIM supplier for people who develop
 * without an account. Runs until SIGTERM or SIGINT, listens on loopback only, keeps its books in memory.
 */
import { parseArgs } from "node:util";
import { FAKE_NAMES, runFake } from "./run-fake.js";

const USAGE = `fakes NAME [--port NUMBER] [--store URL]

NAME is one of ${FAKE_NAMES.join(", ")}.
--port   where it listens; 0 takes a free port (default 0)
--store  where the program under development listens, for webhooks (default http://127.0.0.1:8000)`;

try {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      port: { type: "string", default: "0" },
      store: { type: "string", default: "http://127.0.0.1:8000" },
      help: { type: "boolean", default: false },
    },
  });
  const [name, ...others] = positionals;
  if (values.help) process.stdout.write(`${USAGE}\n`);
  else if (name === undefined || others.length > 0) throw new Error(USAGE);
  else await runFake(name, { port: Number(values.port), store: values.store });
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
