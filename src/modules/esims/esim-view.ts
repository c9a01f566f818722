import { Type } from "typebox";
import { installAdvice } from "../../providers/esim/formats/install-data.js";
import { installLinks } from "../../providers/esim/formats/install-links.js";
import type { EsimRow } from "./esim-read-model.js";
import { ESIM_STATES, type EsimState, isInstallable } from "./esim-state.js";
import type { InstallSecrets, InstallVault } from "./install-secrets.js";

const NullableText = Type.Union([Type.String(), Type.Null()]);
const NullableId = Type.Union([Type.Integer(), Type.Null()]);

const EsimStatus = Type.Unsafe<EsimState>({ type: "string", enum: [...ESIM_STATES] });

/** Code members are null while there is nothing to install, and again after it was taken back. */
export const EsimWire = Type.Object(
  {
    id: Type.Integer(),
    order_id: Type.Integer(),
    status: EsimStatus,
    activation_code: Type.Union([Type.String({ format: "uuid" }), Type.Null()]),
    iccid: NullableText,
    smdp_address: NullableText,
    matching_id: NullableText,
    qr_payload: NullableText,
    install_links: Type.Union([Type.Object({ apple: Type.String(), android: Type.String() }), Type.Null()]),
    confirmation_code: NullableText,
    instructions: Type.String(),
    created_at: Type.String({ format: "date-time" }),
    provisioned_at: Type.Union([Type.String({ format: "date-time" }), Type.Null()]),
    expires_at: Type.Union([Type.String({ format: "date-time" }), Type.Null()], {
      description: "While ready: install it by then. Once active: the plan's end, null where it is not known",
    }),
    validity_starts: Type.Union([Type.Literal("installation"), Type.Literal("first_use"), Type.Null()], {
      description: "What begins the plan's days; null: the supplier does not say",
    }),
    plan_id: Type.Integer(),
    country_id: NullableId,
    carrier_id: NullableId,
    plan_snapshot: Type.Record(Type.String(), Type.Unknown()),
    usage: Type.Union([
      Type.Object({
        total_bytes: Type.Integer(),
        remaining_bytes: Type.Integer(),
        unit_base: Type.Integer({ description: "1000 or 1024: divide by it for display" }),
        as_of: Type.String({ format: "date-time" }),
      }),
      Type.Null(),
    ]),
  },
  { title: "Esim", additionalProperties: false },
);

/** The platforms' setup links: the supplier's own where it gave them. */
export function installLinksOf(secrets: InstallSecrets): { apple: string; android: string } {
  const made = installLinks(secrets.qrPayload);
  return {
    apple: secrets.installLinks?.apple ?? made.apple,
    android: secrets.installLinks?.android ?? made.android,
  };
}

/** Null unless a phone could install it now. */
export function secretsOf(vault: InstallVault, row: EsimRow): InstallSecrets | null {
  if (row.sealed === null || row.has_ended || !isInstallable(row.status)) return null;
  return vault.openProfile(row.id, row.sealed);
}

export function esimOnWire(row: EsimRow, secrets: InstallSecrets | null) {
  const hasUsage =
    row.usage_total_bytes !== null && row.usage_remaining_bytes !== null && row.usage_as_of !== null;
  return {
    id: row.id,
    order_id: row.order_id,
    status: row.status,
    activation_code: secrets?.activationCode ?? null,
    iccid: secrets === null ? null : (row.iccid ?? secrets.iccidAsGiven),
    smdp_address: secrets?.smdpAddress ?? null,
    matching_id: secrets?.matchingId ?? null,
    qr_payload: secrets?.qrPayload ?? null,
    install_links: secrets === null ? null : installLinksOf(secrets),
    confirmation_code: secrets?.confirmationCode ?? null,
    instructions: instructionsOf(row, secrets),
    created_at: row.created_at,
    provisioned_at: row.provisioned_at,
    expires_at: row.expires_at,
    validity_starts: row.validity_starts,
    plan_id: row.plan_id,
    country_id: row.plan_snapshot.country_id,
    carrier_id: row.plan_snapshot.carrier_id,
    plan_snapshot: row.plan_snapshot,
    usage: hasUsage
      ? {
          total_bytes: row.usage_total_bytes ?? 0,
          remaining_bytes: row.usage_remaining_bytes ?? 0,
          unit_base: row.usage_base ?? 1000,
          as_of: row.usage_as_of ?? row.created_at,
        }
      : null,
  };
}

const WAITING: Partial<Record<EsimRow["status"], string>> = {
  pending: "Your eSIM is being prepared. It appears here, and we mail it to you, as soon as it is ready.",
  failed: "This eSIM could not be delivered. What was paid is refunded to the card it was paid with.",
  expired: "This eSIM was not installed in time and can no longer be used.",
  cancelled: "This eSIM was taken back and can no longer be installed.",
};

function instructionsOf(row: EsimRow, secrets: InstallSecrets | null): string {
  if (secrets === null) return WAITING[row.status] ?? "";
  const advice = installAdvice(secrets);
  const lines = [
    "Install it on Wi-Fi before you leave; it can be installed once, so do not delete it afterwards.",
    "iPhone: Settings > Mobile Data > Add eSIM > Use QR Code, or open the Apple link on the phone.",
    "Android: Settings > Network & internet > SIMs > Add eSIM, then scan the QR code.",
    `By hand: SM-DP+ address ${secrets.smdpAddress}, activation code ${secrets.matchingId}.`,
    "On arrival turn data roaming on for this eSIM and off for your home line.",
  ];
  if (secrets.confirmationCode !== null) lines.push(`Confirmation code: ${secrets.confirmationCode}.`);
  if (advice.isConfirmationCodeMissing)
    lines.push("The phone will ask for a confirmation code that we were not given; please contact support.");
  const apn = secrets.apn;
  if (apn?.ios) lines.push(`APN on iPhone: ${apn.ios}.`);
  if (apn?.android) lines.push(`APN on Android: ${apn.android}.`);
  return lines.join("\n");
}
