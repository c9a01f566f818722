import type { Device, DeviceData, Verdict } from "./device-data.js";

export interface Compatibility {
  readonly verdict: Verdict;
  /** For a person; says how to make sure. */
  readonly message: string;
}

/** Longer user agents are cut: what tells the device stands at the beginning. */
export const USER_AGENT_LENGTH_MAX = 1_024;

const HOW_TO_CHECK =
  "To be sure, dial *#06# on the phone: if it shows an EID, it can use an eSIM. The phone must not be locked to a carrier.";

/**
 * Answers what a user agent tells about the eSIM of the device behind it, and `unknown` where it cannot tell:
 * browsers hide the model more and more ("Android 10; K"), and iPhones never name it. Time is linear in the text.
 */
export function makeDeviceCompatibility(data: DeviceData): (userAgent: string) => Compatibility {
  const index = indexDevices(data.devices);

  return (userAgent) => {
    const text = userAgent.slice(0, USER_AGENT_LENGTH_MAX);
    const model = findModel(text);
    const device = model === undefined ? undefined : index.find(model);
    if (model !== undefined && device !== undefined) return ofDevice(device, model);
    const ios = iosMajorVersion(text);
    if (ios !== undefined) return ofIphone(ios, data.apple);
    return { verdict: "unknown", message: `${whyUnknown(text, model)} ${HOW_TO_CHECK}` };
  };
}

function ofDevice(device: Device, model: string): Compatibility {
  const isOtherVersion = (device.except_suffixes ?? []).some((suffix) =>
    model.toLowerCase().endsWith(suffix.toLowerCase()),
  );
  const verdict = isOtherVersion ? "unknown" : device.verdict;
  const saying = {
    likely_compatible: `Recognised as ${device.name}, which can use an eSIM.`,
    unknown: `Recognised as ${device.name}; not every version of it can use an eSIM.`,
    likely_incompatible: `Recognised as ${device.name}, which cannot use an eSIM.`,
  }[verdict];
  return { verdict, message: [saying, device.note, HOW_TO_CHECK].filter(Boolean).join(" ") };
}

function ofIphone(ios: number, apple: DeviceData["apple"]): Compatibility {
  const parts = (saying: string): string => [saying, apple.note, HOW_TO_CHECK].filter(Boolean).join(" ");
  if (ios >= apple.likely_compatible_from_ios) {
    return {
      verdict: "likely_compatible",
      message: parts(`This iPhone runs iOS ${ios}, which only runs on models that can use an eSIM.`),
    };
  }
  if (ios < apple.unsupported_below_ios) {
    return {
      verdict: "likely_incompatible",
      message: `This iPhone runs iOS ${ios}, which is older than every iPhone that can use an eSIM. ${HOW_TO_CHECK}`,
    };
  }
  return {
    verdict: "unknown",
    message: parts("An iPhone does not tell its model. The iPhone XS, XR and later can use an eSIM."),
  };
}

function whyUnknown(text: string, model: string | undefined): string {
  if (/\b(Windows NT|Macintosh|X11|CrOS)\b/.test(text)) {
    return "This looks like a computer. Open this page on the phone that will use the eSIM.";
  }
  if (/\biPad\b/.test(text))
    return "An iPad does not tell its model; those with mobile data can use an eSIM.";
  if (model !== undefined && model !== "K") return "We do not know this model.";
  return "The browser does not tell which phone this is.";
}

/** "iPhone OS 17_5" -> 17. Apple's apps and Safari both write it so. */
function iosMajorVersion(text: string): number | undefined {
  const [, major] = /\biPhone;[^)]{0,60}?\bOS (\d{1,3})[_. ]/.exec(text) ?? [];
  return major === undefined ? undefined : Number(major);
}

/**
 * The model as the device writes it: Apple's identifier ("iPhone15,3"), or on Android what stands after the
 * version in the first parentheses ("Linux; Android 14; SM-S928B Build/UP1A" -> "SM-S928B").
 */
function findModel(text: string): string | undefined {
  const apple = /\biPhone\d{1,2},\d{1,2}\b/.exec(text)?.[0];
  if (apple !== undefined) return apple;
  const start = text.indexOf("(");
  const end = text.indexOf(")", start);
  if (start === -1) return undefined;
  // A model may have parentheses of its own ("Pixel 4a (5G)"), so a cut last part is closed again.
  const inside = text.slice(start + 1, end === -1 ? undefined : end);
  const parts = inside.split(";").map((part) => part.trim());
  const android = parts.findIndex((part) => part.startsWith("Android"));
  if (android === -1) return undefined;
  const isLanguage = (part: string): boolean => /^[a-z]{2}([-_][A-Za-z]{2})?$/.test(part);
  const named = parts.slice(android + 1).find((part) => part !== "" && part !== "wv" && !isLanguage(part));
  if (named === undefined) return undefined;
  const model = (named.split(" Build/")[0] ?? "").replace(/^SAMSUNG /i, "").trim();
  return model.includes("(") ? `${model})` : model;
}

/** Names by a map, prefixes by trying the model's own beginnings from the longest: no pass over the list. */
function indexDevices(devices: readonly Device[]): { find(model: string): Device | undefined } {
  const byName = new Map<string, Device>();
  const byPrefix = new Map<string, Device>();
  for (const device of devices) {
    for (const name of device.names ?? []) byName.set(name.toLowerCase(), device);
    for (const prefix of device.prefixes ?? []) byPrefix.set(prefix.toLowerCase(), device);
  }
  const longest = Math.max(0, ...[...byPrefix.keys()].map((prefix) => prefix.length));
  return {
    find(model) {
      const key = model.toLowerCase();
      const named = byName.get(key);
      if (named !== undefined) return named;
      for (let length = Math.min(longest, key.length); length > 0; length -= 1) {
        const found = byPrefix.get(key.slice(0, length));
        if (found !== undefined) return found;
      }
      return undefined;
    },
  };
}
