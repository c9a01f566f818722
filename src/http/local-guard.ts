import { createHash, timingSafeEqual } from "node:crypto";
import type { FastifyRequest } from "fastify";
import ipaddr from "ipaddr.js";
import { AppError } from "../kernel/errors.js";
import type { Guard } from "./server.js";

/** What proxies and tunnels add, by the names in use. */
const FORWARDING_HEADER =
  /^(?:forwarded|x-forwarded.*|x-original-.*|x-real-ip|x-client-ip|x-cluster-client-ip|true-client-ip|cf-.*|via)$/;
const LOOPBACK_HOST = /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d{1,5})?$/i;

/**
 * True for a caller on this machine: a loopback socket, a loopback Host (a name that points here from elsewhere is
 * how a web page reaches local servers) and no sign of a proxy in between.
 */
export function isLocal(request: FastifyRequest): boolean {
  const address = request.raw.socket.remoteAddress ?? "";
  if (!ipaddr.isValid(address) || ipaddr.process(address).range() !== "loopback") return false;
  if (Object.keys(request.headers).some((name) => FORWARDING_HEADER.test(name))) return false;
  return LOOPBACK_HOST.test(request.headers.host ?? "");
}

/** Hashing first makes the comparison take the same time whatever the lengths are. */
export function sameSecret(given: string, expected: string): boolean {
  const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}

const bearerOf = (request: FastifyRequest): string =>
  /^Bearer (\S+)$/i.exec(request.headers.authorization ?? "")?.[1] ?? "";

/** Development pages and the mock webhook: local callers, others with the DEV_TOKEN; in production there are none. */
export function makeDevGuard(options: { isProduction: boolean; devToken: string }): Guard {
  return (request) => {
    const given = request.headers["x-dev-token"] ?? bearerOf(request);
    if (options.isProduction) throw notFound();
    if (isLocal(request) || (typeof given === "string" && sameSecret(given, options.devToken))) return;
    throw new AppError(
      "forbidden",
      "This page answers callers on the same machine only; others send the DEV_TOKEN printed at start.",
    );
  };
}

export function makeMetricsGuard(options: { metricsToken: string | null }): Guard {
  return (request) => {
    if (isLocal(request)) return;
    if (options.metricsToken !== null && sameSecret(bearerOf(request), options.metricsToken)) return;
    throw notFound();
  };
}

const notFound = (): AppError =>
  new AppError("not_found", "There is nothing at this address. See /docs for the routes.");
