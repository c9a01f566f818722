#!/usr/bin/env node
/** The process entry: the command line. What each command does is in commands/. */
import { Command } from "commander";
import { PROGRAM_VERSION } from "./version.js";

const program = new Command("tribi")
  .description("The backend of a travel eSIM store")
  .version(PROGRAM_VERSION)
  .showHelpAfterError("Run tribi --help to see the commands.");

program
  .command("serve")
  .description("serve the store: HTTP and, in the same process, the jobs")
  .option("--no-worker", "only HTTP; run `tribi worker` beside it")
  .action(async (options: { worker: boolean }) => {
    const { serve } = await import("./commands/serve.js");
    await serve({ api: true, worker: options.worker });
  });

program
  .command("worker")
  .description("only run the jobs (mail, provisioning, reconciliation)")
  .action(async () => {
    const { serve } = await import("./commands/serve.js");
    await serve({ api: false, worker: true });
  });

program
  .command("openapi")
  .description("print the OpenAPI document of this version")
  .action(async () => {
    const { printOpenApi } = await import("./commands/openapi.js");
    await printOpenApi();
  });

await program.parseAsync();
