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
 * The policy of the checkout, the one page with the provider's fields. `stripeJsUrl` is the script that stands in for
 * Stripe's; its origin is allowed in place of Stripe's hosts.
 */
export function checkoutPolicy(options: {
  readonly usesStripe: boolean;
  readonly stripeJsUrl: string | null;
}): string {
  if (!options.usesStripe) return STRICT_POLICY;
  if (options.stripeJsUrl === null) return policyOf(STRIPE_SOURCES);
  const { origin } = new URL(options.stripeJsUrl);
  return policyOf({ "script-src": [origin], "frame-src": [origin], "connect-src": [origin] });
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
