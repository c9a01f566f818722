import type { FakeReply } from "../supplier/fake-http.js";
import type { FakeEsim, FakeOrder, FakePackage } from "../supplier/ledger.js";
import type { FakeEsimAccessShapes } from "./fake-shapes.js";

/** eSIM Access's wire shapes, as its published samples have them: the envelope, packages, eSIMs. */

const FLAGS = {
  boolean: { yes: true, no: false },
  text: { yes: "true", no: "false" },
  number: { yes: 1, no: 0 },
  word: { yes: "success", no: "false" },
} as const;

export function success(obj: object, shapes: FakeEsimAccessShapes): FakeReply {
  const isEmpty = Object.keys(obj).length === 0 && shapes.emptyObj === "null";
  const sampledCode = "orderNo" in obj ? null : "0";
  const body = {
    success: FLAGS[shapes.successFlag].yes,
    errorCode: shapes.successCode === "as_sampled" ? sampledCode : shapes.successCode,
    [shapes.messageName]: null,
    obj: isEmpty ? null : obj,
  };
  return { status: 200, body: withNumbers(JSON.stringify(body), shapes) };
}

export function failure(errorCode: string, text: string, shapes: FakeEsimAccessShapes): FakeReply {
  return {
    status: 200,
    body: {
      success: FLAGS[shapes.successFlag].no,
      errorCode: shapes.areCodesNumbers ? Number(errorCode) : errorCode,
      [shapes.messageName]: text,
      obj: null,
    },
  };
}

/** In the text of the whole answer, since an ICCID is no JavaScript number. */
function withNumbers(text: string, { numbers }: FakeEsimAccessShapes): string {
  switch (numbers) {
    case "as_sampled":
      return text;
    case "text":
      return text.replace(
        /"(price|volume|totalVolume|orderUsage|balance|duration|activeType|dataType|supportTopUpType|unusedValidTime)":(-?[0-9]+)/g,
        '"$1":"$2"',
      );
    case "iccid_number":
      return text.replace(/"(iccid|esimTranNo)":"([0-9]+)"/g, '"$1":$2');
  }
}

/** No colon in the offset. */
export const esimAccessTime = (millis: number, { times }: Pick<FakeEsimAccessShapes, "times">): string =>
  `${new Date(millis).toISOString().slice(0, 19)}${times === "offset" ? "+0000" : "Z"}`;

export const tranNoOf = (esim: FakeEsim): string => `2703010830${String(esim.id).padStart(4, "0")}`;

export function packageBody(entry: FakePackage, unusedValidDays: number): object {
  return {
    packageCode: entry.id,
    slug: `${entry.countries[0]}_${entry.gigabytes}_${entry.days}`,
    name: `${entry.countries.join(", ")} ${entry.gigabytes}GB ${entry.days}Days`,
    price: entry.price,
    currencyCode: "USD",
    volume: (entry.gigabytes ?? 0) * 1024 ** 3,
    smsStatus: 1,
    dataType: entry.gigabytes === null ? 4 : 1,
    unusedValidTime: unusedValidDays,
    duration: entry.days,
    durationUnit: "DAY",
    location: entry.countries.join(","),
    description: "",
    activeType: 2,
    favorite: false,
    retailPrice: entry.price * 2,
    speed: "3G/4G/5G",
    locationNetworkList: entry.countries.map((code) => ({
      locationName: code,
      locationLogo: `/img/${code.toLowerCase()}.png`,
      operatorList: [{ operatorName: "Optus", networkType: "5G" }],
    })),
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

const DAY_MILLIS = 86_400_000;

/** Until first use `expiredTime` is the date to use it by, from then on the end of the plan. */
export function esimBody(
  esim: FakeEsim,
  order: FakeOrder,
  settings: FakeEsimAccessShapes & { readonly unusedValidDays: number },
): object {
  const until = order.createdAtMillis + (esim.plan === "new" ? settings.unusedValidDays : 7) * DAY_MILLIS;
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
    expiredTime: esimAccessTime(until, settings),
    totalVolume: esim.totalBytes,
    totalDuration: 7,
    durationUnit: "DAY",
    orderUsage: esim.usedBytes,
    esimStatus: esimStatusOf(esim),
    pin: "0000",
    puk: "00000000",
    apn: "internet.example",
    packageList: [
      { packageCode: esim.packageId, createTime: esimAccessTime(order.createdAtMillis, settings) },
    ],
  };
}
