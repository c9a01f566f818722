import { readInstallData } from "../../../providers/esim/formats/install-data.js";
import type { InstallSecrets } from "../../esims/esims.module.js";
import { timeOf, wordOf } from "./legacy-rows.js";
import type { DumpRow } from "./read-dump.js";

export interface ProfileDraft {
  readonly status: "pending" | "ready" | "active" | "failed" | "expired" | "cancelled";
  /** Null where nothing can be installed. */
  readonly secrets: InstallSecrets | null;
  readonly iccid: string | null;
  readonly provisionedAt: string | null;
  /** Why an operator has to look at it; null: nobody has. */
  readonly parkedReason: string | null;
}

/** Both the earlier backend's own words and those of its first version. */
const DELIVERED: ReadonlySet<string> = new Set(["reserved", "assigned", "ready", "active", "expired"]);

/** The eSIM of an order; `taken` are the codes and numbers of the eSIMs before it. */
export function profileOf(
  row: DumpRow | undefined,
  order: "paid" | "failed" | "refunded",
  inventory: readonly DumpRow[],
  taken: Set<string>,
  note: (problem: string) => void,
): ProfileDraft {
  const none = { secrets: null, iccid: null, provisionedAt: null, parkedReason: null };
  if (order === "failed") return { ...none, status: "failed" };
  if (order === "refunded") return { ...none, status: "cancelled" };
  const waiting = (parkedReason: string, problem: string): ProfileDraft => {
    note(problem);
    return { ...none, status: "pending", parkedReason };
  };
  if (row === undefined)
    return waiting("imported_undelivered", "it is paid and has no eSIM: decide what is delivered");
  const status = wordOf(row.status);
  if (!DELIVERED.has(status))
    return waiting("imported_undelivered", "it is paid and its eSIM was never delivered");
  const item = inventory.find(({ id }) => id !== null && id === row.inventory_item_id);
  const secrets = secretsOf(row, item);
  if (secrets === null) return waiting("imported_unreadable", "its eSIM has no code that a phone can read");
  const iccid = (row.iccid ?? item?.iccid ?? "") || null;
  const keys = [secrets.activationCode.toLowerCase(), secrets.qrPayload, ...(iccid === null ? [] : [iccid])];
  if (keys.some((key) => taken.has(key)))
    return waiting("imported_doubled", "another order has the code or the number of its eSIM");
  for (const key of keys) taken.add(key);
  return {
    status: status === "active" ? "active" : status === "expired" ? "expired" : "ready",
    secrets,
    iccid,
    provisionedAt: timeOf(row.provisioned_at) ?? timeOf(row.created_at),
    parkedReason: null,
  };
}

/** Codes as they are; a code that is the store's own name of the eSIM only is none that a phone reads. */
function secretsOf(row: DumpRow, item: DumpRow | undefined): InstallSecrets | null {
  const codes = [row.qr_payload, item?.qr_payload, row.activation_code, item?.activation_code];
  const code = codes.find((one) => one?.includes("$")) ?? null;
  const read = readInstallData({
    supplierReference: `legacy-${row.id}`,
    code,
    smdpAddress: null,
    matchingId: null,
    confirmationCode: null,
    iccid: row.iccid ?? "",
  });
  if (!read.ok) return null;
  const { data } = read;
  return {
    activationCode: row.activation_code ?? item?.activation_code ?? `legacy-${row.id}`,
    smdpAddress: data.smdpAddress,
    matchingId: data.matchingId,
    confirmationCode: null,
    isConfirmationCodeRequired: data.isConfirmationCodeRequired,
    activationCodeText: data.activationCodeText,
    qrPayload: data.qrPayload,
    installLinks: null,
    apn: null,
    iccidAsGiven: row.iccid ?? "",
    warnings: data.warnings,
  };
}
