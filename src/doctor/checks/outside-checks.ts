import { bounded, type Check, check, fail, ok, skipped, warn } from "../check.js";

const NTP = "Let NTP run on this machine: timedatectl set-ntp true";

export const OUTSIDE_CHECKS: readonly Check[] = [
  check("store", "store", ({ status, isReady }, { settings }) =>
    isReady
      ? ok("The store answers at its public address.")
      : fail(
          `${settings.isKnown ? settings.value.publicUrl : "The store"} answers ${status === 0 ? "nothing" : status}: customers see no shop.`,
          "Start tribi serve, and see that DNS and the proxy lead PUBLIC_URL to it.",
        ),
  ),
  check("clock", "store", ({ clockOffsetSeconds }, { stripe }) => {
    const offsets = [clockOffsetSeconds, stripe.isKnown ? stripe.value.clockOffsetSeconds : null];
    const found = offsets.filter((offset) => offset !== null);
    if (found.length === 0) return skipped("Nobody told the time.");
    // A Date header has whole seconds, and the answer was on its way.
    const offset = Math.max(...found.map(Math.abs));
    return bounded(
      offset,
      { warnAt: 5, failAt: 60 },
      {
        good: "This machine's clock agrees with the others'.",
        bad: `This machine's clock is ${Math.round(offset)} s away from another's: signatures and tokens are refused.`,
        fix: NTP,
      },
    );
  }),
  check("certificate", "certificate", ({ problem, daysLeft }) => {
    const fix = "Renew the certificate, and see that its renewal runs by itself.";
    if (problem !== null) return fail(`Browsers refuse the certificate of PUBLIC_URL: ${problem}.`, fix);
    if (daysLeft < 3) return fail(`The certificate of PUBLIC_URL ends in ${Math.floor(daysLeft)} days.`, fix);
    if (daysLeft < 14)
      return warn(`The certificate of PUBLIC_URL ends in ${Math.floor(daysLeft)} days.`, fix);
    return ok(`The certificate is good for ${Math.floor(daysLeft)} days.`);
  }),
  check("forwarded_addresses", "store", ({ forwardingDoubts }) => {
    if (forwardingDoubts === null)
      return skipped("The store tells it to holders of METRICS_TOKEN, or on this machine, only.");
    return forwardingDoubts.length === 0
      ? ok("The client's address comes through the proxies.")
      : warn(forwardingDoubts.join(" "), "Let TRUST_PROXY name the proxies that are yours, and no others.");
  }),
  check("mail_server", "mailServer", ({ problem, usesTls, isOnThisMachine }) => {
    if (problem !== null)
      return fail(
        `The mail server does not take us (${problem}): nobody can sign in.`,
        "Compare SMTP_HOST, SMTP_PORT, SMTP_USER, SMTP_PASSWORD and SMTP_EHLO_NAME with what the provider says.",
      );
    if (!usesTls && !isOnThisMachine)
      return fail("Login codes cross the network in clear.", "Set SMTP_USE_TLS=true.");
    return ok("The mail server takes us.");
  }),
  check("mail_sender", "sender", ({ domain, hasSpf, hasDmarc }) => {
    const missing = [hasSpf ? null : "SPF", hasDmarc ? null : "DMARC"].filter((name) => name !== null);
    return missing.length === 0
      ? ok(`${domain} has SPF and DMARC records.`)
      : warn(
          `${domain} has no ${missing.join(" and no ")} record: large mailboxes refuse or hide its mail.`,
          "Add the TXT records that your mail provider names.",
        );
  }),
];

export const STRIPE_CHECKS: readonly Check[] = [
  check("stripe_key", "stripe", ({ problem }, { settings }) => {
    if (problem === "permission")
      return warn(
        "The key may not list webhook endpoints, so they are not checked.",
        "Allow it to read webhook endpoints.",
      );
    if (problem !== null)
      return fail(
        `Stripe does not take the key (${problem}): nobody can pay.`,
        "Copy STRIPE_SECRET_KEY again.",
      );
    if (settings.isKnown && settings.value.isProduction && settings.value.stripeMode === "test")
      return warn("The key is a test key: customers pay nothing.", "Set the live keys.");
    return ok("Stripe takes the key.");
  }),
  check("stripe_endpoint", "stripe", ({ problem, endpoints }, { settings }) => {
    if (problem !== null) return skipped("Stripe did not list its webhook endpoints.");
    const ours = endpointOf(endpoints, settings.isKnown ? settings.value.publicUrl : "");
    const fix =
      "Add an endpoint at Stripe for PUBLIC_URL/payments/webhook/stripe, and set its STRIPE_WEBHOOK_SECRET.";
    if (ours === undefined)
      return fail("No webhook endpoint at Stripe leads to this store: payments are seen minutes late.", fix);
    return ours.isEnabled
      ? ok("Stripe tells this store what happens.")
      : fail(
          "Stripe has disabled the webhook endpoint of this store.",
          "Enable it on Stripe's page of webhooks.",
        );
  }),
  check("stripe_events", "stripe", ({ problem, endpoints, eventsNeeded }, { settings }) => {
    const ours = endpointOf(endpoints, settings.isKnown ? settings.value.publicUrl : "");
    if (problem !== null || ours === undefined) return skipped("No webhook endpoint of this store is known.");
    const missing = ours.events.includes("*")
      ? []
      : eventsNeeded.filter((type) => !ours.events.includes(type));
    return missing.length === 0
      ? ok("The endpoint is told everything that the store acts on.")
      : fail(
          `The endpoint is not told of ${missing.join(", ")}.`,
          "Add these events to the endpoint at Stripe.",
        );
  }),
  check("stripe_signature", "signedEvent", ({ code, status }) => {
    if (code === "malformed_json") return ok("Our address reads what is signed with our secret.");
    if (code === "invalid_webhook_signature")
      return fail(
        "The running store does not accept what is signed with this STRIPE_WEBHOOK_SECRET: every webhook is refused.",
        "Copy the endpoint's signing secret from Stripe, and restart every process with it.",
      );
    return fail(
      `Our webhook address answers ${status}: Stripe's events do not arrive.`,
      "See that the proxy passes POST /payments/webhook/stripe on unchanged.",
    );
  }),
];

function endpointOf<Endpoint extends { readonly url: string }>(
  endpoints: readonly Endpoint[],
  publicUrl: string,
): Endpoint | undefined {
  const paths = ["/payments/webhook/stripe", "/api/payments/webhook/stripe"];
  const wanted = new Set(paths.map((path) => `${publicUrl.replace(/\/$/, "")}${path}`));
  return endpoints.find(({ url }) => wanted.has(url.toLowerCase().replace(/\/$/, "")) || wanted.has(url));
}
