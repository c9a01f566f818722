import { type Config, readConfig } from "../config/config.js";
import { type CanarySecret, findForeignSecrets } from "../db/secrets-canary.js";
import { openDatabaseServer } from "./database-server.js";
import { exitOnFailure } from "./exit.js";
import { assertMigrated } from "./on-database.js";

export function canarySecrets({ secrets }: Config): CanarySecret[] {
  return [
    { name: "JWT_SECRET", values: secrets.jwtSecrets },
    { name: "COOKIE_SECRET", values: [secrets.cookieSecret] },
    { name: "OTP_PEPPER", values: [secrets.otpPepper] },
    { name: "DATA_ENCRYPTION_KEYS", values: secrets.encryptionKeys.map(({ key }) => key.toString("base64")) },
    { name: "DATA_INDEX_KEY", values: [secrets.indexKey] },
  ];
}

const CONSEQUENCES: Readonly<Record<string, string>> = {
  JWT_SECRET: "people who are signed in must sign in again",
  COOKIE_SECRET: "challenges, refresh tokens and known devices from before are not recognised",
  OTP_PEPPER: "login codes that were sent before do not work",
  DATA_ENCRYPTION_KEYS: "activation codes in the database cannot be read",
  DATA_INDEX_KEY: "an activation code in stock could be imported a second time",
};

/** One sentence per secret that differs from the one that the database was first used with. */
export async function readSecretWarnings(url: string, config: Config): Promise<string[]> {
  const foreign = await findForeignSecrets(url, canarySecrets(config));
  return foreign.map(
    (name) =>
      `${name} is not the one that this database was first used with: ${CONSEQUENCES[name] ?? "old data may not match"}. ` +
      "Give every process of this store the same secrets; if the change is meant, run `tribi accept-secrets` once.",
  );
}

/** `tribi accept-secrets` */
export async function acceptSecrets(): Promise<void> {
  await exitOnFailure(async () => {
    const config = readConfig();
    const server = await openDatabaseServer(config, () => {});
    try {
      await assertMigrated(server.url);
      await findForeignSecrets(server.url, canarySecrets(config), { accept: true });
    } finally {
      await server.stop();
    }
    process.stdout.write("The present secrets are now the ones that this database is used with.\n");
  });
}
