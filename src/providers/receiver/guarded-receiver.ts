import type { LookupFunction } from "node:net";
import { Agent, request } from "undici";
import type { Message, Receiver, ReceiverAnswer, ReceiverProblem } from "./port.js";
import {
  AddressRefused,
  addressOfHost,
  isPublicAddress,
  type Resolve,
  resolveName,
  resolvePublic,
} from "./public-address.js";

export interface GuardedReceiverOptions {
  /** For development and tests: any address and port, and http. */
  readonly allowsPrivate: boolean;
  readonly resolve?: Resolve;
  /** From sending to the last byte that is read. */
  readonly timeoutMillis?: number;
  /** PEM texts to trust instead of the system's. */
  readonly certificateAuthorities?: readonly string[];
}

const PORTS = new Set(["", "443", "8443"]);
export const ANSWER_BYTES_MAX = 65_536;
export const TIMEOUT_MILLIS = 10_000;
const URL_LENGTH_MAX = 2_000;

/**
 * Sends to addresses that a person typed in. The name is resolved and judged inside the connection's own look-up, so
 * that the address which is connected to is the one that was judged; no second look-up can say something else.
 * Redirects are answers like any other: they are not followed.
 */
export function makeGuardedReceiver(options: GuardedReceiverOptions): Receiver {
  const { allowsPrivate, timeoutMillis = TIMEOUT_MILLIS } = options;
  const agent = makeGuardedAgent(options);
  const problemOf = (text: string): string | undefined => problemOfUrl(text, allowsPrivate);
  return {
    problemOf,
    async send(message, stop) {
      const startedAt = performance.now();
      const end = (answer: Omit<ReceiverAnswer, "millis">): ReceiverAnswer => ({
        ...answer,
        millis: Math.round(performance.now() - startedAt),
      });
      const none = (problem: ReceiverProblem): ReceiverAnswer =>
        end({ status: null, problem, bytes: 0, retryAfterSeconds: null });
      if (problemOf(message.url) !== undefined) return none("address_refused");
      const timeLimit = AbortSignal.timeout(timeoutMillis);
      try {
        return end(await ask(agent, message, AbortSignal.any([timeLimit, stop])));
      } catch (error) {
        return none(stop.aborted ? "stopped" : timeLimit.aborted ? "time_out" : problemIn(error));
      }
    },
    close: () => agent.destroy(),
  };
}

/** Connects to judged addresses alone. */
export function makeGuardedAgent(options: GuardedReceiverOptions): Agent {
  const { allowsPrivate, resolve = resolveName, timeoutMillis = TIMEOUT_MILLIS } = options;
  return new Agent({
    keepAliveTimeout: 4_000,
    keepAliveMaxTimeout: 4_000,
    connect: {
      timeout: Math.min(5_000, timeoutMillis),
      lookup: judgedLookup(resolve, allowsPrivate),
      ...(options.certificateAuthorities ? { ca: [...options.certificateAuthorities] } : {}),
    },
  });
}

async function ask(
  agent: Agent,
  { url, headers, body }: Message,
  signal: AbortSignal,
): Promise<Omit<ReceiverAnswer, "millis">> {
  const response = await request(url, { method: "POST", dispatcher: agent, headers, body, signal });
  let bytes = 0;
  try {
    for await (const chunk of response.body as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      // Leaving the loop closes the connection.
      if (bytes > ANSWER_BYTES_MAX) break;
    }
  } catch {
    // Its status has come, and that decides: a body that drips or is cut off says nothing more.
  }
  const seconds = String(response.headers["retry-after"] ?? "");
  return {
    status: response.statusCode,
    problem: null,
    bytes: Math.min(bytes, ANSWER_BYTES_MAX),
    retryAfterSeconds: /^\d{1,6}$/.test(seconds) ? Number(seconds) : null,
  };
}

/** The look-up that a connection makes: it gets the judged addresses or nothing. */
function judgedLookup(resolve: Resolve, allowsPrivate: boolean): LookupFunction {
  return (name, options, done) => {
    const found = allowsPrivate ? resolve(name) : resolvePublic(name, resolve);
    found.then(
      (addresses) => {
        const [first] = addresses;
        if (first === undefined) done(new AddressRefused("The name has no address"), "", 0);
        else if (options.all === true) done(null, [...addresses]);
        else done(null, first.address, first.family);
      },
      (error: NodeJS.ErrnoException) => done(error, "", 0),
    );
  };
}

export function problemOfUrl(text: string, allowsPrivate: boolean): string | undefined {
  if (text.length > URL_LENGTH_MAX) return `must have at most ${URL_LENGTH_MAX} characters`;
  if (!URL.canParse(text)) return "must be an address such as https://hooks.example.com/tribi";
  const { protocol, username, password, hash, port, hostname } = new URL(text);
  const isHttp = allowsPrivate && protocol === "http:";
  if (protocol !== "https:" && !isHttp) return "must begin with https://";
  if (username + password !== "") return "must not hold a name or password; the signature says who sends";
  if (hash !== "") return "must have no # part, which is never sent";
  if (allowsPrivate) return undefined;
  if (!PORTS.has(port)) return "must use port 443 or 8443";
  const address = addressOfHost(hostname);
  if (address !== undefined && !isPublicAddress(address)) return "must lead to a public address";
  return undefined;
}

const CERTIFICATE = /^(CERT_|ERR_TLS_|ERR_SSL_|SELF_SIGNED|DEPTH_ZERO|UNABLE_TO_)/;

export function problemIn(error: unknown): ReceiverProblem {
  const code = codeOf(error);
  if (code === "ADDRESS_REFUSED") return "address_refused";
  if (code === "ENOTFOUND" || code === "EAI_AGAIN" || code === "ENODATA") return "name_unknown";
  if (code === "UND_ERR_CONNECT_TIMEOUT") return "time_out";
  return CERTIFICATE.test(code) ? "certificate" : "connection";
}

/** Several addresses that were tried in turn fail together, each with a code of its own. */
function codeOf(error: unknown): string {
  const { code, errors } = error as { code?: unknown; errors?: readonly unknown[] };
  if (typeof code === "string") return code;
  return errors?.[0] === undefined ? "" : codeOf(errors[0]);
}
