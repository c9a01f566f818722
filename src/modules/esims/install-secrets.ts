import { createHmac, hkdfSync } from "node:crypto";
import { makeSealer, type SealingKey } from "../../kernel/sealing.js";
import { installLinks } from "../../providers/esim/formats/install-links.js";
import type { InstallData } from "../../providers/esim/port.js";

/** What a phone needs, as it is sealed in esim_profiles. `activationCode` is the store's own UUID of the eSIM. */
export interface InstallSecrets {
  readonly activationCode: string;
  readonly smdpAddress: string;
  readonly matchingId: string;
  readonly confirmationCode: string | null;
  readonly isConfirmationCodeRequired: boolean;
  readonly activationCodeText: string;
  readonly qrPayload: string;
  readonly installLinks: InstallData["installLinks"];
  readonly apn: InstallData["apn"];
  readonly iccidAsGiven: string;
  readonly warnings: readonly string[];
}

/** The platforms' setup links: the supplier's own where it gave them. */
export function installLinksOf(secrets: InstallSecrets): { apple: string; android: string } {
  const made = installLinks(secrets.qrPayload);
  return {
    apple: secrets.installLinks?.apple ?? made.apple,
    android: secrets.installLinks?.android ?? made.android,
  };
}

/** A code as it lies in stock. */
export interface StockSecrets {
  readonly activationCodeText: string;
  readonly confirmationCode: string | null;
}

export type InstallVault = ReturnType<typeof makeInstallVault>;

/**
 * Seals codes for their row and makes the fingerprints that are unique in the database. Fingerprints are keyed by
 * DATA_INDEX_KEY alone, so rotating the sealing keys leaves them as they are.
 */
export function makeInstallVault(options: { keys: readonly SealingKey[]; indexKey: string }) {
  const sealer = makeSealer(options.keys);
  const fingerprintKey = Buffer.from(hkdfSync("sha256", options.indexKey, "", "esim code fingerprint", 32));
  const fingerprint = (text: string): Buffer => createHmac("sha256", fingerprintKey).update(text).digest();
  const profilePurpose = (id: number): string => `esim_profiles:${id}`;
  const stockPurpose = (id: number): string => `stock_items:${id}`;
  return {
    /** What the local supplier derives its eSIMs from. */
    localSupplierSecret: Buffer.from(hkdfSync("sha256", options.indexKey, "", "local esim supplier", 32)),
    sealProfile: (id: number, secrets: InstallSecrets): Buffer =>
      sealer.seal(profilePurpose(id), JSON.stringify(secrets)),
    openProfile: (id: number, sealed: Buffer): InstallSecrets =>
      JSON.parse(sealer.open(profilePurpose(id), sealed)) as InstallSecrets,
    sealStock: (id: number, secrets: StockSecrets): Buffer =>
      sealer.seal(stockPurpose(id), JSON.stringify(secrets)),
    openStock: (id: number, sealed: Buffer): StockSecrets =>
      JSON.parse(sealer.open(stockPurpose(id), sealed)) as StockSecrets,
    /**
     * Host names ignore case, matching ids do not. An empty matching id is legal (the carrier binds by EID) and says
     * nothing about which eSIM it is: no fingerprint.
     */
    codeFingerprint: (code: { smdpAddress: string; matchingId: string }): Buffer | null =>
      code.matchingId === ""
        ? null
        : fingerprint(`code\n${code.smdpAddress.toLowerCase()}\n${code.matchingId}`),
    activationCodeFingerprint: (activationCode: string): Buffer =>
      fingerprint(`activation code\n${activationCode.toLowerCase()}`),
    /** Re-seals under the first key; null when it is already. */
    reseal(table: "esim_profiles" | "stock_items", id: number, sealed: Buffer): Buffer | null {
      const firstId = options.keys[0]?.id ?? "";
      if (sealed.subarray(1, 1 + (sealed[0] ?? 0)).toString() === firstId) return null;
      const purpose = table === "esim_profiles" ? profilePurpose(id) : stockPurpose(id);
      return sealer.seal(purpose, sealer.open(purpose, sealed));
    },
  };
}
