import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from "@tanstack/react-router";
import { Home } from "../screens/home.js";
import { Missing } from "./missing.js";
import { Shell } from "./shell.js";

const root = createRootRoute({ component: Shell, notFoundComponent: Missing });

const at = (path: string, component: Parameters<typeof createRoute>[0]["component"]) =>
  createRoute({ getParentRoute: () => root, path, component });

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
];

export const router = createRouter({
  routeTree: root.addChildren(routes),
  basepath: "/console",
  defaultPreload: "intent",
  scrollRestoration: true,
});
