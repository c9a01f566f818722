import { Secret, TOTP } from "otpauth";
import type { TestApp } from "./app.js";
import type { TestDatabase } from "./database.js";

/** The code of an authenticator app, so many steps of 30 s from now. */
export const codeOf = (secret: string, steps = 0): string =>
  new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp: Date.now() + steps * 30_000 });

/** A code that is not any of the secret's around now. */
export function wrongCodeOf(secret: string): string {
  const near = new Set([-3, -2, -1, 0, 1, 2, 3].map((steps) => codeOf(secret, steps)));
  for (let number = 0; ; number += 1) {
    const code = String(number).padStart(6, "0");
    if (!near.has(code)) return code;
  }
}

/** Sets a second factor up for the person of the token, as an app does; answers its secret and recovery codes. */
export async function setUpFactor(
  app: Pick<TestApp, "request">,
  bearer: string,
): Promise<{ readonly secret: string; readonly recoveryCodes: readonly string[] }> {
  const offered = await app.request("POST", "/admin/second-factor", { bearer });
  if (offered.status !== 201) throw new Error(`No second factor was offered: ${offered.text}`);
  const { secret } = offered.body;
  const confirmed = await app.request("POST", "/admin/second-factor/confirm", {
    bearer,
    body: { code: codeOf(secret) },
  });
  if (confirmed.status !== 200) throw new Error(`The second factor was not confirmed: ${confirmed.text}`);
  return { secret, recoveryCodes: confirmed.body.recovery_codes };
}

/** As if time had passed: the code of this moment counts again. */
export async function forgetCodes(database: Pick<TestDatabase, "query">): Promise<void> {
  await database.query("update operator_factors set last_step = 1");
}

export const showFactor = (app: Pick<TestApp, "request">, bearer: string, code: string) =>
  app.request("POST", "/admin/second-factor/verify", { bearer, body: { code } });
