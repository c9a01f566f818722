import { describe, expect, test } from "vitest";
import { type CookieCheck, cookieProblems, cookieWarnings } from "./cookie-checks.js";

const good: CookieCheck = {
  domain: "tribi.app",
  sameSite: "lax",
  publicUrl: "https://api.tribi.app",
  frontendOrigins: ["https://tribi.app", "https://www.tribi.app"],
  isProduction: true,
};

describe("a cookie domain that browsers would refuse stops the start", () => {
  test.each<[string, Partial<CookieCheck>, number]>([
    ["fits", {}, 0],
    ["no domain", { domain: null, frontendOrigins: ["https://other.example"] }, 0],
    ["a public suffix", { domain: "app" }, 1],
    ["a public suffix of two labels", { domain: "co.uk" }, 1],
    ["a private public suffix", { domain: "github.io" }, 1],
    ["another host's domain", { publicUrl: "https://api.example.com" }, 1],
    ["the name's end without a dot", { publicUrl: "https://eviltribi.app" }, 1],
    ["a front end elsewhere", { frontendOrigins: ["https://tribi.app", "https://shop.example.com"] }, 1],
  ])("%s", (_name, change, count) => {
    const problems = cookieProblems({ ...good, ...change });
    expect(problems.map(({ name }) => name)).toEqual(Array(count).fill("COOKIE_DOMAIN"));
  });
});

describe("a front end on another site never sends a Lax cookie", () => {
  test.each<[string, Partial<CookieCheck>, number]>([
    ["same site", {}, 0],
    ["another site", { frontendOrigins: ["https://shop.example.com"] }, 1],
    [
      "another site with SameSite none",
      { sameSite: "none", frontendOrigins: ["https://shop.example.com"] },
      0,
    ],
    [
      "two shops on a shared suffix",
      { publicUrl: "https://a.github.io", frontendOrigins: ["https://b.github.io"] },
      1,
    ],
    ["localhost", { publicUrl: "http://localhost:8000", frontendOrigins: ["http://localhost:3000"] }, 0],
    [
      "localhost by number",
      { publicUrl: "http://localhost:8000", frontendOrigins: ["http://127.0.0.1:3000"] },
      1,
    ],
  ])("%s", (_name, change, count) => {
    expect(cookieWarnings({ ...good, ...change })).toHaveLength(count);
  });
});
