import { createHmac } from "node:crypto";
import { done } from "../../../kernel/outcome.js";
import { isSmdpAddress, qrPayload } from "../formats/activation-code.js";
import { E118_ICCID_COUNT, e118Iccid, type LocalIccidFormat, seedIccid } from "../formats/local-iccid.js";
import { matchingIdOfActivationCode } from "../formats/matching-id.js";
import { refusal } from "../outcomes.js";
import type { EsimRef, EsimSupplier, InstallData, SupplierOrder, SupplierTopUp } from "../port.js";

/**
 * The store's own codes: for development, and for shops that run an SM-DP+ themselves. Everything about an eSIM is
 * derived from a secret and the purchase reference, so the supplier needs no memory: the same reference is the same
 * eSIM after any crash, on any process, and nobody without the secret can guess a code.
 */
export interface LocalSupplierOptions {
  /** Host name; in production it is set explicitly. */
  readonly smdpAddress: string;
  readonly iccidFormat: LocalIccidFormat;
  /** At least 32 bytes; derived for this purpose alone. */
  readonly secret: Uint8Array;
}

/** Throws RangeError for an address that no activation code can carry or a secret that is too short. */
export function makeLocalSupplier(options: LocalSupplierOptions): EsimSupplier {
  if (!isSmdpAddress(options.smdpAddress)) throw new RangeError("LOCAL_SMDP_ADDRESS is not a host name");
  if (options.secret.byteLength < 32)
    throw new RangeError("The local supplier's secret has at least 32 bytes");
  const orderOf = (reference: string): SupplierOrder => ({
    supplierOrderId: reference,
    reference,
    state: "ready",
    problem: null,
    esims: [installDataOf(reference, options)],
    cost: null,
    askAgainSeconds: null,
  });
  /** Whoever runs the SM-DP+ adds the data; the shop keeps the account of bytes and days. */
  const topUpOf = (reference: string): SupplierTopUp => ({
    supplierTopUpId: reference,
    state: "done",
    cost: null,
    expiresAt: null,
  });

  return {
    id: "local",
    capabilities: {
      idempotency: "native",
      lookup: "by_reference",
      lookupSettlesAfterSeconds: 0,
      delivery: "immediate",
      cancellable: "until_installed",
      webhookAuth: "none",
      dataUnitBase: 1000,
      hasTopUps: true,
      isPrepaid: false,
    },
    listPackages: async () => done({ packages: [], nextCursor: null, skipped: [] }),
    order: async ({ reference }) => done(orderOf(reference)),
    findOrder: async ({ reference }) => done({ found: "one", order: orderOf(reference) }),
    getOrder: async ({ reference }) => done(orderOf(reference)),
    // The store itself is told about the installation (POST /esims/:id/installed), so its profile row knows more.
    getStatus: async () =>
      done({ profileState: "unknown", planState: "unknown", usage: null, expiresAt: null, useBy: null }),
    // It has no catalogue of its own: every plan of the shop that it may sell can be added (modules/esims/top-ups).
    listTopUps: async () => done([]),
    topUp: async ({ reference }) => done(topUpOf(reference)),
    findTopUp: async ({ reference }) => done({ found: "one", topUp: topUpOf(reference) }),
    cancel: async (_esim: EsimRef) => done({ result: "refunded" }),
    balance: async () => refusal("unsupported", "the local supplier has no balance"),
    readWebhook: () => ({ verdict: "forged", why: "the local supplier sends nothing" }),
  };
}

function installDataOf(reference: string, options: LocalSupplierOptions): InstallData {
  const activationCode = uuidV4(derived(options.secret, "activation-code", reference));
  const matchingId = matchingIdOfActivationCode(activationCode);
  const code = { smdpAddress: options.smdpAddress, matchingId, oid: null, isConfirmationCodeRequired: false };
  const iccid = iccidOf(derived(options.secret, "iccid", reference), options.iccidFormat);
  return {
    supplierReference: reference,
    smdpAddress: options.smdpAddress,
    matchingId,
    confirmationCode: null,
    isConfirmationCodeRequired: false,
    activationCodeText: qrPayload(code),
    qrPayload: qrPayload(code),
    iccid,
    iccidAsGiven: iccid,
    warnings: [],
    installLinks: null,
    apn: null,
    activationCode,
    useBy: null,
    validityStarts: "unknown",
  };
}

function derived(secret: Uint8Array, purpose: string, reference: string): Buffer {
  return createHmac("sha256", secret).update(`local-esim\n${purpose}\n${reference}`).digest();
}

/** RFC 9562 5.4: version and variant bits over 122 bits that only the secret's holder can compute. */
function uuidV4(bytes: Buffer): string {
  const hex = bytes.subarray(0, 16);
  hex[6] = ((hex[6] ?? 0) & 0x0f) | 0x40;
  hex[8] = ((hex[8] ?? 0) & 0x3f) | 0x80;
  return hex.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

/** The e118 form has only 36 bits: the unique index notices a double, and the next attempt's reference makes another. */
function iccidOf(bytes: Buffer, format: LocalIccidFormat): string {
  if (format === "seed") return seedIccid(bytes.toString("hex").slice(0, 17));
  return e118Iccid(bytes.readBigUInt64BE(0) % E118_ICCID_COUNT);
}
