import { render } from "preact";
import { LocationProvider, lazy, Route, Router } from "preact-iso";
import { addressOf, readAddress } from "../addresses.js";
import { Page, textOf } from "../page.js";
import { SessionProvider } from "../parts/session.js";
import { readState, rememberLanguage } from "./start-shop.js";

const Account = lazy(() => import("../pages/account/account.js").then(({ Account: page }) => page));
const Checkout = lazy(() => import("../pages/checkout/checkout.js").then(({ Checkout: page }) => page));
const Esim = lazy(() => import("../pages/esim/esim.js").then(({ Esim: page }) => page));
const Receipt = lazy(() => import("../pages/receipt/receipt.js").then(({ Receipt: page }) => page));
const Return = lazy(() => import("../pages/return/return.js").then(({ Return: page }) => page));

/** Everything that belongs to one person: checkout and account. */
export function startApp(texts: Readonly<Record<string, string>>): void {
  const state = readState();
  const { language } = readAddress(location.pathname);
  const root = document.getElementById("page");
  if (root === null) return;
  rememberLanguage();
  const at = (path: string): string => addressOf(path, language);
  root.textContent = "";
  render(
    // Only the account's pages change without a new document: the checkout has a policy of its own.
    <LocationProvider scope={new RegExp(`^${at("/account")}`)}>
      <Page state={state} text={textOf(texts, language)}>
        <SessionProvider>
          <Router onRouteChange={() => scrollTo({ top: 0 })}>
            <Route path={at("/checkout/:order/return")} component={Return} />
            <Route path={at("/checkout/:plan")} component={Checkout} />
            <Route path={at("/account/esims/:id")} component={Esim} />
            <Route path={at("/account/orders/:id")} component={Receipt} />
            <Route path={at("/account")} component={Account} />
            <Route default component={Account} />
          </Router>
        </SessionProvider>
      </Page>
    </LocationProvider>,
    root,
  );
}
