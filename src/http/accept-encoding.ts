import type { FastifyRequest } from "fastify";

/** gzip is named and not weighted to nothing (RFC 9110 §12.5.3). */
const TAKES_GZIP = /\bgzip\b(?!\s*;\s*q=0(\.0{0,3})?\s*(,|$))/i;

export const takesGzip = ({ headers }: Pick<FastifyRequest, "headers">): boolean =>
  TAKES_GZIP.test(String(headers["accept-encoding"] ?? ""));
