import { resolveTxt } from "node:dns/promises";
import { connect } from "node:tls";
import type { Config } from "../../config/config.js";
import { isLoopbackHost } from "../../config/hosts.js";
import { trySmtp } from "../../providers/mail/smtp/smtp-sender.js";
import { type Facts, known, type StoreFacts, unknown } from "../facts.js";

const ANSWER_MILLIS = 8_000;

const why = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Seconds that the other side's clock is ahead, as far as a Date header tells. */
export function offsetOf(date: string | null, askedAt: number, answeredAt: number): number | null {
  const theirs = Date.parse(date ?? "");
  if (Number.isNaN(theirs)) return null;
  // The header has whole seconds: half a second later on average.
  return (theirs + 500 - (askedAt + answeredAt) / 2) / 1000;
}

interface Health {
  readonly parts?: Readonly<Record<string, string>>;
}

/** What the store says at its public address, as an operator asks. */
export async function gatherStore({ http }: Config): Promise<Facts["store"]> {
  const headers: Record<string, string> =
    http.metricsToken === null ? {} : { authorization: `Bearer ${http.metricsToken}` };
  const askedAt = Date.now();
  try {
    const response = await fetch(new URL("health", withSlash(http.publicUrl)), {
      headers,
      redirect: "manual",
      signal: AbortSignal.timeout(ANSWER_MILLIS),
    });
    const body = (await response.json().catch(() => ({}))) as Health;
    const isOperator = http.metricsToken !== null || isLoopbackHost(new URL(http.publicUrl).hostname);
    const doubts = Object.entries(body.parts ?? {}).filter(([part]) => part.startsWith("client_address."));
    return known({
      status: response.status,
      isReady: response.ok,
      clockOffsetSeconds: offsetOf(response.headers.get("date"), askedAt, Date.now()),
      forwardingDoubts: isOperator ? doubts.map(([, text]) => text) : null,
    } satisfies StoreFacts);
  } catch {
    return known({ status: 0, isReady: false, clockOffsetSeconds: null, forwardingDoubts: null });
  }
}

const withSlash = (url: string): string => (url.endsWith("/") ? url : `${url}/`);

/** What our own public address answers to a provider's message. */
export async function tellOurselves(
  publicUrl: string,
  path: string,
  message: { readonly headers: Readonly<Record<string, string>>; readonly body: string | Buffer },
): Promise<Facts["signedEvent"]> {
  try {
    const response = await fetch(new URL(path, withSlash(publicUrl)), {
      method: "POST",
      ...message,
      redirect: "manual",
      signal: AbortSignal.timeout(ANSWER_MILLIS),
    });
    const problem = (await response.json().catch(() => ({}))) as { code?: string };
    return known({ code: problem.code ?? null, status: response.status });
  } catch {
    return unknown("The store does not answer at its public address.");
  }
}

const DAY_MILLIS = 86_400_000;

export async function gatherCertificate({ http }: Config): Promise<Facts["certificate"]> {
  const { protocol, hostname, port } = new URL(http.publicUrl);
  if (protocol !== "https:") return unknown("PUBLIC_URL is not https.");
  return new Promise((resolve) => {
    const socket = connect(
      {
        host: hostname,
        port: port === "" ? 443 : Number(port),
        servername: hostname,
        rejectUnauthorized: false,
      },
      () => {
        const daysLeft = (Date.parse(socket.getPeerCertificate().valid_to) - Date.now()) / DAY_MILLIS;
        const problem = socket.authorized ? null : String(socket.authorizationError);
        socket.destroy();
        resolve(known({ problem, daysLeft }));
      },
    );
    socket.setTimeout(ANSWER_MILLIS, () => socket.destroy(new Error("no answer")));
    socket.on("error", (error) => resolve(unknown(`No TLS at PUBLIC_URL: ${error.message}`)));
  });
}

export async function gatherMailServer({ mail }: Config): Promise<Facts["mailServer"]> {
  if (mail.smtp === null) return unknown("No mail server is configured: mails go to the development inbox.");
  const { host, useTls } = mail.smtp;
  const problem = await trySmtp({ ...mail.smtp, from: mail.from });
  return known({ problem, usesTls: useTls, isOnThisMachine: isLoopbackHost(host) });
}

const NO_RECORD: ReadonlySet<unknown> = new Set(["ENODATA", "ENOTFOUND"]);

async function hasRecord(name: string, version: RegExp): Promise<boolean> {
  try {
    return (await resolveTxt(name)).some((parts) => version.test(parts.join("")));
  } catch (error) {
    if (NO_RECORD.has((error as NodeJS.ErrnoException).code)) return false;
    throw error;
  }
}

/** Only where mail leaves this machine. A subdomain's DMARC may be its parent's. */
export async function gatherSender({ mail }: Config): Promise<Facts["sender"]> {
  if (mail.smtp === null) return unknown("No mail leaves this machine.");
  const domain = mail.from.address.slice(mail.from.address.lastIndexOf("@") + 1);
  const late = new Promise<never>((_, reject) => {
    setTimeout(() => reject(new Error("no answer")), ANSWER_MILLIS).unref();
  });
  const parent = domain.split(".").slice(-2).join(".");
  const read = async () => ({
    domain,
    hasSpf: await hasRecord(domain, /^v=spf1\b/i),
    hasDmarc:
      (await hasRecord(`_dmarc.${domain}`, /^v=DMARC1\b/i)) ||
      (await hasRecord(`_dmarc.${parent}`, /^v=DMARC1\b/i)),
  });
  try {
    return known(await Promise.race([read(), late]));
  } catch (error) {
    return unknown(`DNS does not answer: ${why(error)}`);
  }
}
