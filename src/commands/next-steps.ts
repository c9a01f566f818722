import type { Config } from "../config/config.js";

/** What a person needs who just started the store: where things are, and what to do next. */
export function nextSteps(config: Config, listeningUrl: string): string {
  // With PORT=0 the system chose the port, so only the address that we listen on is right.
  const storeUrl = config.http.port === 0 ? listeningUrl : config.http.publicUrl;
  const lines = [
    `The store         ${storeUrl}/`,
    `API reference     ${storeUrl}/docs`,
    ...(config.isProduction ? [] : developmentLines(config, storeUrl)),
    config.adminEmails.length === 0
      ? "Become admin      put your address into ADMIN_EMAILS (in .env), start again, and sign in with it"
      : `Admins            ${config.adminEmails.length} in ADMIN_EMAILS; sign in with one of these addresses`,
  ];
  return `Ready.\n${lines.map((line) => `  ${line}`).join("\n")}`;
}

function developmentLines(config: Config, storeUrl: string): string[] {
  return [
    config.mail.smtp === null
      ? `Inbox             ${storeUrl}/dev/inbox (mail goes there: SMTP_HOST is not set)`
      : `Mail              goes to ${config.mail.smtp.host}`,
    "Try it            open the store and buy an eSIM: the page shows the mailed code, payments are a test",
    "                  npm run demo   (in another terminal) buys one by the API",
    `From elsewhere    the development pages ask for the header x-dev-token: ${config.http.devToken}`,
  ];
}
