import type { FakeReply } from "../fakes/fake-http.js";
import type { FakeEsim, FakeOrder, FakePackage } from "../fakes/ledger.js";

/** eSIM Access's wire shapes (suppliers.md section 5): the envelope, packages, eSIMs. */

export interface EnvelopeStyle {
  /** Tables call `success` a string, samples a boolean. */
  isSuccessText: boolean;
  /** Tables call the text `errorMessage`, samples `errorMsg`. */
  isMessageLong: boolean;
  /** Success code: null or "0". */
  hasNullCode: boolean;
}

export function success(obj: unknown, style: EnvelopeStyle): FakeReply {
  const flag = style.isSuccessText ? "true" : true;
  const code = style.hasNullCode ? null : "0";
  return { status: 200, body: { success: flag, errorCode: code, errorMsg: null, obj } };
}

export function failure(errorCode: string, text: string, style: EnvelopeStyle): FakeReply {
  const message = style.isMessageLong ? { errorMessage: text } : { errorMsg: text };
  return {
    status: 200,
    body: { success: style.isSuccessText ? "false" : false, errorCode, ...message, obj: null },
  };
}

/** No colon in the offset. */
export const esimAccessTime = (millis: number): string =>
  `${new Date(millis).toISOString().slice(0, 19)}+0000`;

export const tranNoOf = (esim: FakeEsim): string => `2703010830${String(esim.id).padStart(4, "0")}`;

export function packageBody(entry: FakePackage): object {
  return {
    packageCode: entry.id,
    slug: `${entry.countries[0]}_${entry.gigabytes}_${entry.days}`,
    name: `${entry.countries.join(", ")} ${entry.gigabytes}GB ${entry.days}Days`,
    price: entry.price,
    currencyCode: "USD",
    volume: (entry.gigabytes ?? 0) * 1024 ** 3,
    smsStatus: 1,
    dataType: entry.gigabytes === null ? 4 : 1,
    unusedValidTime: 180,
    duration: entry.days,
    durationUnit: "DAY",
    location: entry.countries.join(","),
    description: "",
    activeType: 2,
    favorite: false,
    retailPrice: entry.price * 2,
    speed: "3G/4G/5G",
    locationNetworkList: [],
    ipExport: "UK",
    supportTopUpType: entry.kind === "esim" ? 2 : 1,
    fupPolicy: "",
  };
}

const PLAN: Readonly<Record<FakeEsim["plan"], string>> = {
  new: "GOT_RESOURCE",
  active: "IN_USE",
  depleted: "USED_UP",
  expired: "UNUSED_EXPIRED",
  cancelled: "CANCEL",
  revoked: "REVOKE",
};
const PROFILE: Readonly<Record<FakeEsim["profile"], string>> = {
  released: "RELEASED",
  downloaded: "DOWNLOAD",
  installed: "INSTALLATION",
  enabled: "ENABLED",
  disabled: "DISABLED",
  deleted: "DELETED",
};

export const esimStatusOf = (esim: FakeEsim): string => PLAN[esim.plan];
export const smdpStatusOf = (esim: FakeEsim): string => PROFILE[esim.profile];

export function esimBody(esim: FakeEsim, order: FakeOrder): object {
  return {
    esimTranNo: tranNoOf(esim),
    orderNo: order.id,
    transactionId: order.reference,
    imsi: "999990000000001",
    iccid: esim.iccid,
    smsStatus: 1,
    msisdn: "",
    ac: `LPA:1$${esim.host}$${esim.matchingId}`,
    qrCodeUrl: `https://p.example.com/${esim.id}.png`,
    shortUrl: `https://p.example.com/${esim.id}`,
    smdpStatus: smdpStatusOf(esim),
    eid: "",
    activeType: 2,
    dataType: 1,
    activateTime: null,
    expiredTime: esimAccessTime(order.createdAtMillis + 180 * 86_400_000),
    totalVolume: esim.totalBytes,
    totalDuration: 7,
    durationUnit: "DAY",
    orderUsage: esim.usedBytes,
    esimStatus: esimStatusOf(esim),
    pin: "0000",
    puk: "00000000",
    apn: "internet.example",
    packageList: [{ packageCode: esim.packageId, createTime: esimAccessTime(order.createdAtMillis) }],
  };
}
