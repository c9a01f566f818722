/**
 * Owns: the addresses of the operators' console and its files; the console itself is built from console/.
 * Promises: nothing of it is loaded by a customer's page; its document holds nothing of a person.
 * Never: a decision about orders, money or rights; the console asks the API like any other client.
 */
import type { Config } from "../../config/config.js";
import type { Server } from "../../http/server.js";
import { makeConsoleDocument } from "./console-document.js";
import { registerConsoleFiles } from "./routes/console-files.js";
import { registerConsolePages } from "./routes/console-pages.js";

export interface ConsoleDeps {
  readonly config: Config;
  readonly shop: { readonly name: string };
}

export function makeConsoleModule({ config, shop }: ConsoleDeps) {
  const { mail, isProduction } = config;
  const document = makeConsoleDocument({
    shop,
    hasInbox: !isProduction && mail.smtp === null,
  });
  return {
    jobs: { handlers: {} },
    async registerRoutes(app: Server): Promise<void> {
      registerConsolePages(app, document);
      await registerConsoleFiles(app);
    },
  };
}
