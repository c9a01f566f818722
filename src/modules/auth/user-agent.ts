const BROWSERS: readonly (readonly [RegExp, string])[] = [
  [/\bEdg(?:e|A|iOS)?\/\d/, "Edge"],
  [/\bOPR\/\d/, "Opera"],
  [/\bSamsungBrowser\/\d/, "Samsung Internet"],
  [/\b(?:Firefox|FxiOS)\/\d/, "Firefox"],
  [/\b(?:Chrome|CriOS)\/\d/, "Chrome"],
  [/\bVersion\/[\d.]+ (?:Mobile\/\w+ )?Safari\//, "Safari"],
  [/\bokhttp\/\d/, "Android app"],
  [/\bCFNetwork\/\d/, "Apple app"],
];
const SYSTEMS: readonly (readonly [RegExp, string])[] = [
  [/\biPhone\b/, "iPhone"],
  [/\biPad\b/, "iPad"],
  [/\bAndroid\b/, "Android"],
  [/\bWindows NT\b/, "Windows"],
  [/\bMac OS X\b/, "macOS"],
  [/\bCrOS\b/, "ChromeOS"],
  [/\bLinux\b/, "Linux"],
];
const LENGTH_READ_MAX = 512;
const LENGTH_KEPT_MAX = 60;

/**
 * "Chrome on Windows": enough for a person to recognise their own session, and no fingerprint to keep. An unknown
 * program keeps its first word.
 */
export function shortUserAgent(header: string | undefined): string | null {
  const text = header?.slice(0, LENGTH_READ_MAX) ?? "";
  const browser = BROWSERS.find(([pattern]) => pattern.test(text))?.[1];
  const system = SYSTEMS.find(([pattern]) => pattern.test(text))?.[1];
  if (browser !== undefined && system !== undefined) return `${browser} on ${system}`;
  const firstWord = /^[\w.+/-]+/.exec(text)?.[0].slice(0, LENGTH_KEPT_MAX);
  return browser ?? system ?? firstWord ?? null;
}
