import type { Config } from "../../config/config.js";

type PaymentSettings = Pick<
  Config["payments"],
  "stripe" | "adyen" | "isHosted" | "stripeJsUrl" | "adyenJsUrl"
>;

/** Script, style and font come from files of ours, and the pages ask no other host for anything. */
const STRICT = {
  "default-src": ["'none'"],
  "script-src": ["'self'"],
  "style-src": ["'self'"],
  "img-src": ["'self'"],
  "font-src": ["'self'"],
  "connect-src": ["'self'"],
  "worker-src": ["'self'"],
  "manifest-src": ["'self'"],
  "base-uri": ["'none'"],
  "form-action": ["'self'"],
  "frame-ancestors": ["'none'"],
} as const;

export const STRICT_POLICY = policyOf({});

/** What Stripe's own page on content security policies asks for, for Stripe.js with the Payment Element. */
const STRIPE_SOURCES = {
  "script-src": ["https://js.stripe.com", "https://*.js.stripe.com"],
  "frame-src": ["https://js.stripe.com", "https://*.js.stripe.com", "https://hooks.stripe.com"],
  "connect-src": ["https://api.stripe.com"],
  "img-src": ["https://*.stripe.com"],
};

/**
 * What Drop-in needs (docs.adyen.com/online-payments/script-security-compliance/manage-script-security). 3-D Secure
 * shows pages of any bank, in a frame and by a form, whose hosts nobody can list.
 */
const adyenSources = (mode: "test" | "live"): Sources => {
  const hosts = [
    `https://checkoutshopper-${mode}.adyen.com`,
    `https://checkoutshopper-${mode}.cdn.adyen.com`,
  ];
  return {
    "script-src": hosts,
    "style-src": hosts,
    "img-src": hosts,
    "connect-src": [...hosts, `https://checkoutanalytics-${mode}.adyen.com`],
    "frame-src": ["https:"],
    "form-action": ["https:"],
  };
};

type Sources = Readonly<Record<string, readonly string[]>>;

/** A stand-in's origin takes the place of the provider's hosts. */
const standInSources = (url: string): Sources => {
  const { origin } = new URL(url);
  const names = ["script-src", "style-src", "frame-src", "connect-src"];
  return Object.fromEntries(names.map((name) => [name, [origin]]));
};

/**
 * The policy of the checkout, the one page with the providers' fields. A page of the provider's own needs no
 * more than the others.
 */
export function checkoutPolicyOf(payments: PaymentSettings): string {
  const { stripe, adyen, isHosted, stripeJsUrl, adyenJsUrl } = payments;
  const used: Sources[] = [];
  if (stripe !== null && !isHosted)
    used.push(stripeJsUrl === null ? STRIPE_SOURCES : standInSources(stripeJsUrl));
  const mode = adyen?.liveUrlPrefix == null ? "test" : "live";
  if (adyen !== null && !isHosted)
    used.push(adyenJsUrl === null ? adyenSources(mode) : standInSources(adyenJsUrl));
  if (used.length === 0) return STRICT_POLICY;
  const names = [...new Set(used.flatMap((sources) => Object.keys(sources)))];
  const all = names.map((name) => [name, [...new Set(used.flatMap((sources) => sources[name] ?? []))]]);
  return policyOf(Object.fromEntries(all) as Sources);
}

function policyOf(more: Readonly<Record<string, readonly string[]>>): string {
  const names = [...new Set([...Object.keys(STRICT), ...Object.keys(more)])];
  return names
    .map((name) => {
      const own = (STRICT as Readonly<Record<string, readonly string[]>>)[name] ?? [];
      return `${name} ${[...own, ...(more[name] ?? [])].join(" ")}`;
    })
    .join("; ");
}
