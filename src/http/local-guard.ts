import { createHash, timingSafeEqual } from "node:crypto";
import type { FastifyRequest } from "fastify";
import ipaddr from "ipaddr.js";
import { AppError } from "../kernel/errors.js";
import type { Guard } from "./server.js";

/** What proxies and tunnels add, by the names in use. */
const FORWARDING_HEADER =
  /^(?:forwarded|x-forwarded.*|x-original-.*|x-real-ip|x-client-ip|x-cluster-client-ip|true-client-ip|cf-.*|via)$/;
const LOOPBACK_HOST = /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d{1,5})?$/i;

export type IsLocal = (request: FastifyRequest) => boolean;

/**
 * Tells a caller on this machine: a loopback socket, a loopback Host (a name that points here from elsewhere is how a
 * web page reaches local servers) and no sign of a proxy in between. Where TRUST_PROXY is set there is a proxy, and one
 * on this machine that adds no header looks like a local caller: then nobody is.
 */
export function makeIsLocal({ trustProxy }: { readonly trustProxy: unknown }): IsLocal {
  if (trustProxy !== null) return () => false;
  return (request) => {
    const address = request.raw.socket.remoteAddress ?? "";
    if (!ipaddr.isValid(address) || ipaddr.process(address).range() !== "loopback") return false;
    if (Object.keys(request.headers).some((name) => FORWARDING_HEADER.test(name))) return false;
    return LOOPBACK_HOST.test(request.headers.host ?? "");
  };
}

/** Hashing first makes the comparison take the same time whatever the lengths are. */
export function sameSecret(given: string, expected: string): boolean {
  const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}

const bearerOf = (request: FastifyRequest): string =>
  /^Bearer (\S+)$/i.exec(request.headers.authorization ?? "")?.[1] ?? "";

/**
 * Development pages and the mock webhook: local callers, others with the DEV_TOKEN; in production there are none, so
 * nothing there tells them from an address that never was.
 */
export function makeDevGuard(options: { isProduction: boolean; devToken: string; isLocal: IsLocal }): Guard {
  return (request) => {
    const given = request.headers["x-dev-token"] ?? bearerOf(request);
    if (options.isProduction) throw notFound();
    if (options.isLocal(request) || (typeof given === "string" && sameSecret(given, options.devToken)))
      return;
    throw new AppError(
      "forbidden",
      "This page answers callers on the same machine only, and with TRUST_PROXY none of them; others send the DEV_TOKEN printed at start.",
    );
  };
}

/** Who runs the store: brings the METRICS_TOKEN, or calls from this machine outside production. */
export function makeIsOperator(options: {
  isProduction: boolean;
  metricsToken: string | null;
  isLocal: IsLocal;
}): IsLocal {
  return (request) =>
    (!options.isProduction && options.isLocal(request)) ||
    (options.metricsToken !== null && sameSecret(bearerOf(request), options.metricsToken));
}

export function makeMetricsGuard(isOperator: IsLocal): Guard {
  return (request) => {
    if (!isOperator(request)) throw notFound();
  };
}

const notFound = (): AppError =>
  new AppError("not_found", "There is nothing at this address. See /docs for the routes.");
