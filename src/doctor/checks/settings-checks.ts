import { type Check, check, fail, ok, warn } from "../check.js";

export const SETTINGS_CHECKS: readonly Check[] = [
  {
    id: "settings",
    judge: ({ settings }) => {
      if (!settings.isKnown) return fail(settings.why, "Correct the variables; .env.example describes each.");
      const { problems } = settings.value;
      return problems.length === 0
        ? ok("Every variable can be read.")
        : fail(
            `The store does not start: ${problems.join("; ")}`,
            "Correct the variables; .env.example describes each.",
          );
    },
  },
  check("settings_warnings", "settings", ({ warnings }) =>
    warnings.length === 0
      ? ok("No setting is doubtful.")
      : warn(warnings.join(" "), "Change what is named, in .env."),
  ),
  check("public_url", "settings", ({ publicUrl, isProduction }) => {
    const { protocol, hostname } = new URL(publicUrl);
    const isLocal = ["localhost", "127.0.0.1", "[::1]"].includes(hostname);
    if (!isProduction || (protocol === "https:" && !isLocal)) return ok(`Links lead to ${publicUrl}.`);
    return fail(
      `PUBLIC_URL is ${publicUrl}: links in mails do not work for customers, and browsers send no secure cookie there.`,
      "Set PUBLIC_URL to the https address of the store.",
    );
  }),
  check("cookies", "settings", ({ isCookieEnabled, isCookieSecure, publicUrl, cookieWarnings }) => {
    if (isCookieEnabled && !isCookieSecure && publicUrl.startsWith("https:"))
      return fail(
        "The session cookie is not Secure although the store is at https: it would be sent in clear.",
        "Set COOKIE_SECURE=true.",
      );
    if (cookieWarnings.length > 0)
      return warn(
        cookieWarnings.join(" "),
        "Serve front ends on the store's own site, or use Bearer tokens.",
      );
    return ok("Browsers keep and send the session cookie.");
  }),
  check("operators", "settings", ({ operators, hasMetricsToken, needsSecondFactor, isProduction }) => {
    if (operators === 0)
      return warn(
        "Nobody may open /admin: what is parked is seen by nobody.",
        "Set ADMIN_EMAILS to the addresses of the operators.",
      );
    if (isProduction && !hasMetricsToken)
      return warn(
        "Nobody can read /metrics, so no alarm rings.",
        "Set METRICS_TOKEN and give it to Prometheus.",
      );
    if (isProduction && !needsSecondFactor)
      return warn(
        "Whoever reads the mail of somebody in the team may do what their role may: the second factor is optional.",
        "Take OPERATOR_SECOND_FACTOR=optional out.",
      );
    return ok(`${operators} operators.`);
  }),
  check("support_address", "settings", ({ hasSupportAddress, isProduction }) =>
    hasSupportAddress || !isProduction
      ? ok("Customers know whom to write to.")
      : warn('Mails that say "write to us" name no address.', "Set SHOP_SUPPORT_EMAIL."),
  ),
  check("secrets", "secrets", ({ foreign }) =>
    foreign.length === 0
      ? ok("The secrets are those that this database is used with.")
      : fail(
          `${foreign.join(", ")} differ from those that this database is used with: sessions, codes or sealed eSIMs do not match.`,
          "Give every process the same secrets. If the change is meant: tribi accept-secrets",
        ),
  ),
];
