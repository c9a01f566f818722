import { randomUUID } from "node:crypto";
import type { Server as HttpServer, IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { ConnectionError } from "fastify";
import { AppError } from "../kernel/errors.js";
import { problemMediaType, problemOf } from "./problem.js";
import { headersOfEveryAnswer } from "./security-headers.js";

/** Node refuses larger header blocks with HPE_HEADER_OVERFLOW. */
export const HEADER_BYTES_MAX = 16 * 1024;

/** How a request begins; what does not is another protocol, such as TLS. */
const METHOD_LINE = /^[A-Z][A-Z-]{0,30} /;

/** Requests that the HTTP parser refuses never reach a route; they get their problem document on the socket. */
export function answerBrokenRequest(error: ConnectionError, socket: Socket): void {
  if (!socket.writable || socket.destroyed) {
    socket.destroy();
    return;
  }
  const problem = problemOf(brokenRequestError(error), randomUUID());
  const body = JSON.stringify(problem);
  const headers = {
    ...headersOfEveryAnswer(problem.request_id, { isProduction: false }),
    "content-type": problemMediaType(undefined),
    "content-length": String(Buffer.byteLength(body)),
    connection: "close",
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(`HTTP/1.1 ${problem.status} ${problem.title}\r\n${lines.join("")}\r\n${body}`);
}

/** An Expect that is not 100-continue (RFC 9110 §10.1.1); Node would answer 417 without a body. */
export function refuseExpectations(server: HttpServer): void {
  server.on("checkExpectation", (request: IncomingMessage, response: ServerResponse) => {
    const error = new AppError("expectation_failed", "Leave out the Expect header, or send 100-continue.");
    const problem = problemOf(error, randomUUID());
    const body = JSON.stringify(problem);
    response
      .writeHead(problem.status, {
        ...headersOfEveryAnswer(problem.request_id, { isProduction: false }),
        "content-type": problemMediaType(request.headers.accept),
        "content-length": String(Buffer.byteLength(body)),
        connection: "close",
      })
      .end(body);
  });
}

function brokenRequestError({ code, rawPacket }: ConnectionError): AppError {
  if (code === "HPE_HEADER_OVERFLOW") {
    return new AppError(
      "header_too_large",
      `The headers are larger than ${HEADER_BYTES_MAX} bytes. Send less.`,
    );
  }
  const start = Buffer.isBuffer(rawPacket) ? rawPacket.subarray(0, 40).toString("latin1") : "";
  if (code === "HPE_INVALID_METHOD" && METHOD_LINE.test(start))
    return new AppError("method_unknown", "This method is not known here.");
  if (code === "ERR_HTTP_REQUEST_TIMEOUT")
    return new AppError("request_timeout", "The request took too long. Send it again.");
  return new AppError("bad_request", "The request is not valid HTTP.");
}
