import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from "@tanstack/react-router";
import { Home } from "../screens/home.js";
import { Missing } from "./missing.js";
import { Shell } from "./shell.js";

const root = createRootRoute({ component: Shell, notFoundComponent: Missing });

type Component = Parameters<typeof createRoute>[0]["component"];

const at = (path: string, component: Component) =>
  createRoute({ getParentRoute: () => root, path, component });

const money = () => import("../screens/money-lists.js");
const esims = () => import("../screens/esims.js");
const places = () => import("../screens/catalogue/places.js");
const prices = () => import("../screens/catalogue/prices.js");
const stock = () => import("../screens/stock.js");

/** Each screen is a file of its own that is loaded when it is opened, but for the first. */
const routes = [
  at("/", Home),
  at(
    "/orders",
    lazyRouteComponent(() => import("../screens/orders.js"), "Orders"),
  ),
  at(
    "/orders/$id",
    lazyRouteComponent(() => import("../screens/order/order.js"), "Order"),
  ),
  at("/esims", lazyRouteComponent(esims, "Esims")),
  at(
    "/esims/$id",
    lazyRouteComponent(() => import("../screens/esim.js"), "Esim"),
  ),
  at("/top-ups", lazyRouteComponent(esims, "TopUps")),
  at(
    "/customers",
    lazyRouteComponent(() => import("../screens/customers.js"), "Customers"),
  ),
  at(
    "/customers/$id",
    lazyRouteComponent(() => import("../screens/customer.js"), "Customer"),
  ),
  at(
    "/parked",
    lazyRouteComponent(() => import("../screens/parked/parked.js"), "Parked"),
  ),
  at(
    "/catalogue",
    lazyRouteComponent(() => import("../screens/catalogue/plans.js"), "Plans"),
  ),
  at("/catalogue/countries", lazyRouteComponent(places, "Countries")),
  at("/catalogue/carriers", lazyRouteComponent(places, "Carriers")),
  at(
    "/catalogue/import",
    lazyRouteComponent(() => import("../screens/catalogue/import.js"), "Import"),
  ),
  at("/catalogue/prices", lazyRouteComponent(prices, "Prices")),
  at("/catalogue/rates", lazyRouteComponent(prices, "Rates")),
  at(
    "/catalogue/syncs",
    lazyRouteComponent(() => import("../screens/catalogue/syncs.js"), "Syncs"),
  ),
  at(
    "/catalogue/syncs/$id",
    lazyRouteComponent(() => import("../screens/catalogue/sync.js"), "Sync"),
  ),
  at(
    "/suppliers",
    lazyRouteComponent(() => import("../screens/suppliers.js"), "Suppliers"),
  ),
  at("/stock", lazyRouteComponent(stock, "Stock")),
  at("/stock/import", lazyRouteComponent(stock, "StockImport")),
  at("/payments", lazyRouteComponent(money, "Payments")),
  at(
    "/payments/$id",
    lazyRouteComponent(() => import("../screens/payment.js"), "Payment"),
  ),
  at("/refunds", lazyRouteComponent(money, "Refunds")),
  at(
    "/approvals",
    lazyRouteComponent(() => import("../screens/approvals.js"), "Approvals"),
  ),
  at(
    "/alarms",
    lazyRouteComponent(() => import("../screens/my-alarms.js"), "MyAlarms"),
  ),
  at("/disputes", lazyRouteComponent(money, "Disputes")),
  at("/events", lazyRouteComponent(money, "Events")),
  at(
    "/reconciliation",
    lazyRouteComponent(() => import("../screens/reconciliation.js"), "Reconciliation"),
  ),
  at(
    "/access/limits",
    lazyRouteComponent(() => import("../screens/access/limits.js"), "Limits"),
  ),
  at(
    "/access/sessions",
    lazyRouteComponent(() => import("../screens/access/my-sessions.js"), "MySessions"),
  ),
  at(
    "/me/sessions",
    lazyRouteComponent(() => import("../screens/access/my-sessions.js"), "MySessions"),
  ),
  at(
    "/me/second-factor",
    lazyRouteComponent(() => import("../screens/access/second-factor.js"), "SecondFactor"),
  ),
  at(
    "/system",
    lazyRouteComponent(() => import("../screens/system/jobs.js"), "Jobs"),
  ),
  at(
    "/system/audit",
    lazyRouteComponent(() => import("../screens/system/audit.js"), "Audit"),
  ),
  at(
    "/access",
    lazyRouteComponent(() => import("../screens/access/team.js"), "Team"),
  ),
  at(
    "/system/webhooks",
    lazyRouteComponent(() => import("../screens/system/webhooks.js"), "Webhooks"),
  ),
  at(
    "/exports",
    lazyRouteComponent(() => import("../screens/exports.js"), "Exports"),
  ),
  at(
    "/access/keys",
    lazyRouteComponent(() => import("../screens/access/keys.js"), "Keys"),
  ),
  at(
    "/system/settings",
    lazyRouteComponent(() => import("../screens/system/settings.js"), "Settings"),
  ),
  at(
    "/system/previews",
    lazyRouteComponent(() => import("../screens/system/previews.js"), "Previews"),
  ),
  at(
    "/system/mails",
    lazyRouteComponent(() => import("../screens/system/mails.js"), "Mails"),
  ),
];

export const router = createRouter({
  routeTree: root.addChildren(routes),
  basepath: "/console",
  defaultPreload: "intent",
  scrollRestoration: true,
});
