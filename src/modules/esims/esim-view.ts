import { Type } from "typebox";
import { installAdvice } from "../../providers/esim/formats/install-data.js";
import type { TextsIn } from "../mail/mail.module.js";
import { instructionsOf } from "./delivery/esim-words.js";
import type { EsimRow } from "./esim-read-model.js";
import { ESIM_STATES, type EsimState, isInstallable } from "./esim-state.js";
import { type InstallSecrets, type InstallVault, installLinksOf } from "./install-secrets.js";

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
    is_confirmation_code_missing: Type.Boolean({
      description:
        "The phone will ask for a confirmation code that the supplier did not give: ask support first",
    }),
    apn: Type.Union([Type.Object({ ios: NullableText, android: NullableText }), Type.Null()], {
      description: "Access points to set by hand, per platform; null: the phone finds its own",
    }),
    instructions: Type.String(),
    created_at: Type.String({ format: "date-time" }),
    provisioned_at: Type.Union([Type.String({ format: "date-time" }), Type.Null()]),
    expires_at: Type.Union([Type.String({ format: "date-time" }), Type.Null()], {
      description: "While ready: install it by then. Once active: the plan's end, null where it is not known",
    }),
    install_by: Type.Union([Type.String({ format: "date-time" }), Type.Null()], {
      description:
        "Install it by then: the supplier's limit or ours, the earlier one. Null once it is installed or over",
    }),
    ended_at: Type.Union([Type.String({ format: "date-time" }), Type.Null()], {
      description:
        "Since when it cannot be used any more, as its supplier or the clock says; its status may still be active",
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

/** Null unless a phone could install it now, and its price has not gone back. */
export function secretsOf(vault: InstallVault, row: EsimRow): InstallSecrets | null {
  if (row.sealed === null || row.has_ended || !isInstallable(row.status) || row.order_status !== "paid")
    return null;
  return vault.openProfile(row.id, row.sealed);
}

export type EsimOnWire = ReturnType<typeof makeEsimOnWire>;

export const makeEsimOnWire = (textsIn: TextsIn) => (row: EsimRow, secrets: InstallSecrets | null) =>
  esimOnWire(row, secrets, instructionsOf(row, secrets, textsIn));

function esimOnWire(row: EsimRow, secrets: InstallSecrets | null, instructions: string) {
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
    is_confirmation_code_missing: secrets !== null && installAdvice(secrets).isConfirmationCodeMissing,
    apn: secrets?.apn ?? null,
    instructions,
    created_at: row.created_at,
    provisioned_at: row.provisioned_at,
    expires_at: row.expires_at,
    install_by: row.install_by,
    ended_at: row.ended_at,
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
