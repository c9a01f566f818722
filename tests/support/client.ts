import { expect } from "vitest";
import { type Answer, send } from "./app.js";

/** What one of the existing clients keeps between its requests. */
export interface ClientState {
  /** In local storage or the phone's secure store. */
  token: string | null;
  /** The browser's; a phone app has none. */
  readonly cookies: Map<string, string>;
}

export interface Client {
  readonly state: ClientState;
  /** Sends exactly this text, with the headers that this client always sends, and insists on JSON as it does. */
  call(method: string, path: string, body?: string, headers?: Record<string, string>): Promise<Answer>;
}

/** A browser at `origin` with `credentials: include`, and a token in local storage. */
export function makeWebClient(baseUrl: string, origin: string): Client {
  const state: ClientState = { token: null, cookies: new Map() };
  return {
    state,
    async call(method, path, body, headers = {}) {
      const sent: Record<string, string> = { origin, "sec-fetch-site": "same-site", ...headers };
      if (state.token !== null) sent.authorization = `Bearer ${state.token}`;
      if (body !== undefined) sent["content-type"] = "application/json";
      const custom = Object.keys(sent).filter((name) =>
        ["authorization", "content-type", "x-provider"].includes(name),
      );
      if (custom.length > 0) await preflight(`${baseUrl}${path}`, method, origin, custom.join(","));
      const cookie = [...state.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
      const answer = await send(`${baseUrl}${path}`, method, {
        headers: sent,
        ...(cookie === "" ? {} : { cookie }),
        ...(body === undefined ? {} : { body }),
      });
      keepCookies(state.cookies, answer);
      // A browser hides the answer from the page otherwise.
      expect(answer.headers.get("access-control-allow-origin")).toBe(origin);
      expect(answer.headers.get("access-control-allow-credentials")).toBe("true");
      return insistOnJson(answer);
    },
  };
}

/** A phone app: Bearer only, no Origin, no cookies. */
export function makeMobileClient(baseUrl: string): Client {
  const state: ClientState = { token: null, cookies: new Map() };
  return {
    state,
    async call(method, path, body, headers = {}) {
      const sent: Record<string, string> = { accept: "application/json", ...headers };
      if (state.token !== null) sent.authorization = `Bearer ${state.token}`;
      if (body !== undefined) sent["content-type"] = "application/json";
      return insistOnJson(
        await send(`${baseUrl}${path}`, method, { headers: sent, ...(body === undefined ? {} : { body }) }),
      );
    },
  };
}

async function preflight(url: string, method: string, origin: string, names: string): Promise<void> {
  const answer = await send(url, "OPTIONS", {
    headers: { origin, "access-control-request-method": method, "access-control-request-headers": names },
  });
  expect(answer.status).toBe(204);
  expect(answer.headers.get("access-control-allow-origin")).toBe(origin);
  const allowed = (answer.headers.get("access-control-allow-headers") ?? "").toLowerCase().split(/, ?/);
  expect(allowed).toEqual(expect.arrayContaining(names.split(",")));
  expect(answer.headers.get("access-control-allow-methods")).toContain(method);
}

function keepCookies(jar: Map<string, string>, answer: Answer): void {
  for (const line of answer.headers.getSetCookie()) {
    const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
    if (value === "" || /max-age=0/i.test(line)) jar.delete(name);
    else jar.set(name, value);
  }
}

/** Both refuse a 2xx that is not JSON, an empty one included. */
function insistOnJson(answer: Answer): Answer {
  if (answer.status < 300) {
    expect(answer.headers.get("content-type")).toMatch(/^application\/json/);
    expect(answer.body).toBeDefined();
  } else {
    expect(answer.body.detail).toEqual(expect.any(String));
  }
  return answer;
}

const anyText = expect.any(String);
const anyNumber = expect.any(Number);
const aTime = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/);

/** What both clients read of each answer, field by field. */
export const READ_FIELDS = {
  verify: { token: anyText, user: { id: anyNumber, email: anyText } },
  me: { id: anyNumber, email: anyText, is_admin: false },
  country: { id: anyNumber, iso2: expect.stringMatching(/^[A-Z]{2}$/), name: anyText },
  plan: {
    id: anyNumber,
    name: anyText,
    description: anyText,
    data_gb: anyNumber,
    duration_days: anyNumber,
    is_unlimited: expect.any(Boolean),
    price_usd: anyNumber,
    price: {
      currency: "USD",
      amount_minor_units: anyNumber,
      amount_major: expect.stringMatching(/^\d+\.\d\d$/),
    },
    // Null for a plan of a region that covers the country asked for.
    country: expect.toSatisfy((country) => country === null || country.iso2 === "ES"),
    carrier: expect.toSatisfy((carrier) => carrier === null || typeof carrier.name === "string"),
  },
  order: {
    id: anyNumber,
    status: "created",
    currency: "USD",
    amount_minor_units: anyNumber,
    amount_major: expect.stringMatching(/^\d+\.\d\d$/),
    created_at: aTime,
    plan_snapshot: {
      name: anyText,
      country_name: "Spain",
      country_iso2: "ES",
      carrier_name: anyText,
      data_gb: anyNumber,
      duration_days: anyNumber,
    },
  },
  esim: {
    id: anyNumber,
    order_id: anyNumber,
    activation_code: expect.stringMatching(
      /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
    ),
    iccid: expect.stringMatching(/^89001[0-9a-f]{17}$/),
    status: "ready",
    qr_payload: expect.stringMatching(/^LPA:1\$[^$]+\$[^$]+/),
    instructions: anyText,
    created_at: aTime,
  },
};
