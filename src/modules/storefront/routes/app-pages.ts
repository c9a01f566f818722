import { sendBody } from "../../../http/send-body.js";
import type { Server } from "../../../http/server.js";
import { readPagePath } from "../page-language.js";
import { STRICT_POLICY } from "../page-policies.js";
import type { Pages } from "../pages.js";
import { noSuchPage } from "./shop-pages.js";

const config = { access: "public", isInternal: true } as const;

const CHECKOUT = ["/checkout/:plan", "/checkout/:order/return"];
const ACCOUNT = ["/account", "/account/esims/:id", "/account/orders/:id"];

export interface AppPagesDeps {
  readonly pages: Pages;
  readonly checkoutPolicy: string;
  readonly hasPlan: (id: number) => Promise<boolean>;
}

/** Checkout and account: one document for everybody, which the browser fills for the person who is signed in. */
export function registerAppPages(app: Server, { pages, checkoutPolicy, hasPlan }: AppPagesDeps): void {
  for (const prefix of ["", "/es"]) {
    for (const path of [...CHECKOUT, ...ACCOUNT]) {
      // Only where the card is typed may the provider's hosts take part.
      const policy = path === "/checkout/:plan" ? checkoutPolicy : STRICT_POLICY;
      app.get<{ Params: Record<string, string> }>(`${prefix}${path}`, { config }, async (request, reply) => {
        if (Object.values(request.params).some((id) => !/^[1-9]\d{0,14}$/.test(id))) throw noSuchPage();
        // One that is paused keeps its page, which says so; one that never was has none.
        if (path === "/checkout/:plan" && !(await hasPlan(Number(request.params.plan)))) throw noSuchPage();
        const { language, path: pagePath } = readPagePath(request.url.split("?")[0] ?? "/");
        reply.header("content-security-policy", policy).header("cache-control", "no-cache");
        return sendBody(request, reply, await pages.app(pagePath, language), "text/html; charset=utf-8");
      });
    }
  }
}
