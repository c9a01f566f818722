import { expect, test } from "vitest";
import { shortUserAgent } from "./user-agent.js";

const IPHONE =
  "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1";
const WINDOWS =
  "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36";

test.each<[string | undefined, string | null]>([
  [IPHONE, "Safari on iPhone"],
  [WINDOWS, "Chrome on Windows"],
  [`${WINDOWS} Edg/126.0.0.0`, "Edge on Windows"],
  ["Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0", "Firefox on Linux"],
  [
    "Mozilla/5.0 (Linux; Android 14; SM-S921B) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/25.0 Chrome/121.0 Mobile Safari/537.36",
    "Samsung Internet on Android",
  ],
  ["okhttp/4.12.0", "Android app"],
  ["Tribi/42 CFNetwork/1494.0.7 Darwin/23.4.0", "Apple app"],
  ["curl/8.5.0", "curl/8.5.0"],
  ["node", "node"],
  ["", null],
  [undefined, null],
  ["<script>alert(1)</script>", null],
  ["\u0000\uD800", null],
])("%j is %j", (header, short) => {
  expect(shortUserAgent(header)).toBe(short);
});

test("64 KiB of anything take less than 5 ms", () => {
  for (const unit of ["a", "Version/", "Chrome/", "Version/1.1 Mobile/a ", "iPhone", "."]) {
    const text = unit.repeat(65_536 / unit.length);
    expect(quickest(() => shortUserAgent(text))).toBeLessThan(5);
  }
});

/** Milliseconds of the best of ten runs: what the work takes when nothing else runs. */
function quickest(work: () => void): number {
  return Math.min(
    ...Array.from({ length: 10 }, () => {
      const started = performance.now();
      work();
      return performance.now() - started;
    }),
  );
}
