import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestApp, type TestApp } from "../support/app.js";
import { seedCatalog } from "../support/catalog.js";
import { eventually } from "../support/eventually.js";

const HTML = { accept: "text/html,application/xhtml+xml,*/*;q=0.8" };
const EVIL = `</script><script>alert(1)</script><img src=x onerror=alert(1)>"'&\u2028`;

/** `npm ci` builds the pages; these tests read what it built. */
describe("the pages for people", () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startTestApp(
      { PUBLIC_URL: "https://shop.example", SHOP_NAME: "Viajes Sim", OTP_TTL_MINUTES: "7" },
      { worker: false },
    );
    await seedCatalog(app.database);
    await app.database.query(`delete from plan_countries
      where plan_id = (select id from plans where sku = 'EUROPE-3GB-15D')
        and country_id = (select id from countries where iso2 = 'AL')`);
  });
  afterAll(() => app.stop());

  const get = (path: string, headers: Record<string, string> = {}) =>
    app.request("GET", path, { headers: { ...HTML, ...headers } });

  it.each([
    "/",
    "/es",
    "/esim/spain",
    "/es/esim/spain",
    "/esim/europe",
    "/trip",
    "/es/trip?country=ES&country=MA&days=7&gb=1",
    "/help",
    "/es/legal/terms",
    "/legal/refunds",
    "/legal/privacy",
    "/checkout/1",
    "/es/checkout/1/return",
    "/account",
    "/account/esims/1",
    "/es/account/orders/1",
  ])("200: %s is a page whose policy allows files of ours only", async (path) => {
    const answer = await get(path);
    expect(answer.status).toBe(200);
    expect(answer.headers.get("content-type")).toBe("text/html; charset=utf-8");
    const policy = answer.headers.get("content-security-policy") ?? "";
    expect(policy).toContain("default-src 'none'; script-src 'self';");
    expect(policy).not.toMatch(/unsafe|https?:|\*/);
    // Scripts are files; what stands in the page is data, which runs nowhere.
    expect(answer.text).not.toMatch(
      /<script(?! type="(?:module|application\/(?:ld\+)?json)")|<style|style=|onload=/,
    );
    expect(answer.text).toContain(`<html lang="${/^\/es(\/|$)/.test(path) ? "es" : "en"}">`);
    expect(answer.text).not.toContain("Tribi");
  });

  it("200: /trip shows the cheapest eSIMs for a trip, why, and what was left out, in both languages", async () => {
    const trips = await app.request("GET", "/trips?country=ES&country=MA&days=7&gb=1");
    const price = trips.body.options[0].total.amount_major;
    const english = await get("/trip?country=ES&country=MA&days=7&gb=1");
    expect(english.text).toContain(`$${price}`);
    expect(english.text).toContain("What we left out");
    expect(english.text).toMatch(/<input[^>]*value="MA"[^>]*checked/);
    expect(english.text).toContain("2 countries chosen: Morocco, Spain");
    expect(/type="checkbox" name="country" value="(..)"/.exec(english.text)?.[1]).toBe("MA");
    const spanish = await get("/es/trip?country=ES&country=MA&days=7&gb=1");
    expect(spanish.text).toContain("España, Marruecos");
    const inEuros = (await get("/trip?country=ES&country=MA&days=7&gb=1&currency=EUR")).text;
    expect(inEuros).toContain(
      'href="/es/trip?country=ES&amp;country=MA&amp;days=7&amp;gb=1&amp;currency=EUR"',
    );
    expect((await get("/trip")).text).toContain('href="/es/trip"');
    expect((await get("/")).text).toContain('href="/trip"');
    expect((await get("/es")).text).toContain('href="/es/trip"');
  });

  it("200: a region's page says where it works, where it does not although it is called so, and what works in less", async () => {
    const english = (await get("/esim/europe")).text;
    const spanish = (await get("/es/esim/europe")).text;
    expect(english).toMatch(/Not in: [^<]*Andorra, Belarus, [^<]*Vatican City\./);
    expect(spanish).toMatch(/No funciona en: Andorra, Bielorrusia, [^<]*Ucrania\./);
    expect(english).toContain('<a href="/esim/albania">Albania</a>');
    // One plan of four works in a country less.
    const lists = [...spanish.matchAll(/<p class="region">([^<]+)<\/p>/g)].map(([, names]) => names);
    expect(lists).toEqual([expect.stringContaining("Austria, Bosnia y Herzegovina, Bélgica")]);
    expect(lists[0]).not.toContain("Albania");
  });

  it("200: a region is one page however its plans spell it, and no two places share an address", async () => {
    const before = await app.database.query<{ id: number; region: string }>(
      "select id, region from plans where region is not null",
    );
    await app.database.query(`update plans set region = case sku when 'EUROPE-3GB-15D' then 'EUROPE'
      when 'EUROPE-10GB-30D' then 'Europe+' when 'ASIA-3GB-15D' then '***' else region end where region is not null`);
    await eventually(async () => (await get("/")).text.includes('href="/esim/europe-2"'), {
      timeoutMillis: 10_000,
    });
    const { text: map } = await get("/sitemap.xml");
    const places = [...map.matchAll(/<loc>([^<]+)<\/loc>/g)].map(([, place]) => place);
    expect(places.filter((place, index) => places.indexOf(place) < index)).toEqual([]);
    expect(places).toContain("https://shop.example/esim/region");
    const plansAt = async (path: string) =>
      [...(await get(path)).text.matchAll(/href="\/checkout\/(\d+)/g)].map(([, id]) => Number(id));
    const plansOf = async (...names: string[]) =>
      (
        await app.database.query<{
          id: number;
        }>(`select id from plans where region in ('${names.join("', '")}')
          order by (select amount_minor from plan_prices where plan_id = id and currency = 'USD'), id`)
      ).map(({ id }) => id);
    expect(await plansAt("/esim/europe-2")).toEqual(await plansOf("Europe+"));
    const ofEurope = JSON.stringify(await plansOf("Europe", "EUROPE"));
    await eventually(async () => JSON.stringify(await plansAt("/esim/europe")) === ofEurope, {
      timeoutMillis: 10_000,
    });
    for (const { id, region } of before)
      await app.database.query("update plans set region = $1 where id = $2", [region, id]);
  });

  it("200: a plan says in which networks it works, as far as its first supplier does, and none of other countries", async () => {
    expect((await get("/esim/japan")).text).not.toContain("names these");
    const told = [
      { country: "JP", name: "SoftBank <b>", speeds: ["4G", "5G"] },
      { country: "JP", name: "KDDI", speeds: [] },
      { country: "KR", name: "SK Telecom", speeds: ["5G"] },
    ];
    await app.database.query(`insert into supplier_packages (supplier, package_id, content)
      values ('airalo', 'asia', '${JSON.stringify({ networks: told })}'), ('esim-go', 'asia', '{}')`);
    await app.database.query(`insert into plan_suppliers (plan_id, supplier, package_id, rank)
      select id, s, 'asia', r from plans, (values ('airalo', 0), ('esim-go', 1)) v (s, r)
      where sku = 'ASIA-3GB-15D'`);
    const shown = async (path: string) =>
      [...(await get(path)).text.matchAll(/<p>([^<]*(?:names these|Su proveedor indica)[^<]*)<\/p>/g)].map(
        ([, p]) => p,
      );
    await eventually(async () => (await shown("/es/esim/japan")).length > 0);
    expect(await shown("/es/esim/japan")).toEqual([
      "Su proveedor indica estas redes: SoftBank &lt;b> (4G, 5G); KDDI.",
    ]);
    expect(await shown("/es/esim/asia")).toEqual(["Su proveedor indica estas velocidades: 4G, 5G."]);
    expect(await shown("/es/esim/thailand")).toEqual([]);
    const [{ id } = { id: 0 }] = await app.database.query<{ id: number }>(
      "select id from plans where sku = 'ASIA-3GB-15D'",
    );
    expect((await app.request("GET", `/plans/${id}`)).body.networks).toEqual(told);
  });

  it("200: /trip offers the countries of a region by its name in either language", async () => {
    const { text } = await get("/es/trip");
    const countries = /"countries":(\[\{"iso2".*?\}\])/.exec(text)?.[1] ?? "[]";
    const named = (JSON.parse(countries) as { iso2: string; words: string[] }[])
      .filter(({ words }) => words.includes("balcanes") && words.includes("balkans"))
      .map(({ iso2 }) => iso2);
    expect(named.sort()).toEqual(["AL", "BA", "BG", "GR", "HR", "ME", "MK", "RO", "RS", "SI"]);
  });

  it("200: the pages that the browser draws know how long a code is valid, and what regions are called", async () => {
    expect((await get("/checkout/1")).text).toContain('"codeMinutes":7');
    expect((await get("/es/account")).text).toContain('"Europe":"Europa"');
    expect((await get("/account")).text).toContain('"regionNames":{}');
  });

  it.each([
    "country=ZZ&days=7",
    "days=7",
    "country=ES",
    "country=ES&days=0",
    "country=ES&days=1e3",
    "country=ES&days=7&gb=x",
    "country=ES&days=7&gb=99999",
    `${"country=ES&".repeat(30)}days=7`,
    "country=%3Cscript%3E&days=%3Cscript%3E&gb=%22",
  ])("200: /trip says what to choose when %s is no trip", async (query) => {
    const answer = await get(`/trip?${query}`);
    expect(answer.status).toBe(200);
    expect(answer.text).toContain("Choose 1 to 12 countries");
    expect(answer.text).not.toMatch(/<script>|value="[^"]*</);
  });

  it("200: what a page names is there, for good", async () => {
    const { text } = await get("/esim/spain");
    const named = [...text.matchAll(/(?:src|href)="(\/(?:assets|flags|brand)\/[^"]+)"/g)].map(
      ([, path = ""]) => path,
    );
    expect(named.length).toBeGreaterThanOrEqual(6);
    for (const path of named) {
      const answer = await app.request("GET", path);
      expect([path, answer.status]).toEqual([path, 200]);
      expect(answer.headers.get("cache-control")).toMatch(/immutable|max-age=86400/);
    }
  });

  it.each([
    "/assets/none.js",
    "/assets/%2e%2e%2fserver.js",
    "/assets/..%2f..%2fpackage.json",
    "/flags/.env",
    "/flags/xx1.svg",
  ])("%s: nothing else can be read", async (path) => {
    expect([404, 422]).toContain((await app.request("GET", path)).status);
  });

  it("the addresses of search engines come from PUBLIC_URL, whatever the Host says", async () => {
    const { text } = await get("/es/esim/spain?utm_source=x", { "x-forwarded-host": "evil.example" });
    expect(text).toContain('<link rel="canonical" href="https://shop.example/es/esim/spain"/>');
    expect(text).toContain('hreflang="en" href="https://shop.example/esim/spain"');
    expect(text).toContain('hreflang="es" href="https://shop.example/es/esim/spain"');
    expect(text).toMatch(/<title>eSIM para España: datos de prepago desde [^<]+ \| Viajes Sim<\/title>/);
    const json = /<script type="application\/ld\+json"[^>]*>([^<]+)<\/script>/.exec(text)?.[1] ?? "";
    expect(JSON.parse(json)).toMatchObject({
      "@type": "Product",
      offers: { "@type": "AggregateOffer", priceCurrency: "USD" },
    });
    const { text: map } = await get("/sitemap.xml");
    expect(map).toContain("<loc>https://shop.example/es/esim/spain</loc>");
    expect((await get("/robots.txt")).text).toContain("Sitemap: https://shop.example/sitemap.xml");
    expect((await get("/checkout/1")).text).toContain('content="noindex"');
  });

  it.each([
    ["/esim/es", "/esim/spain"],
    ["/esim/Espa%C3%B1a", "/esim/spain"],
    ["/es/esim/espana?currency=EUR", "/es/esim/spain?currency=EUR"],
    ["/esim/turkey", "/esim/turkiye"],
    ["/es/esim/Europa", "/es/esim/europe"],
    ["/esim/latam", "/esim/latin-america"],
    ["/es/", "/es"],
  ])("301: %s is at %s for good", async (from, to) => {
    const answer = await get(from);
    expect([answer.status, answer.headers.get("location")]).toEqual([301, to]);
  });

  it("302: the bare address speaks the reader's language, as chosen before as preferred", async () => {
    expect((await get("/", { "accept-language": "es-MX,es;q=0.9" })).headers.get("location")).toBe("/es");
    expect((await get("/", { "accept-language": "es", cookie: "tribi_language=en" })).status).toBe(200);
    expect((await get("/", { "accept-language": "de", cookie: "x=1; tribi_language=es" })).status).toBe(302);
    expect((await get("/", { "accept-language": "x".repeat(10_000) })).status).toBe(200);
    expect((await get("/esim/spain", { "accept-language": "es" })).status).toBe(200);
    expect((await get("/")).headers.get("vary")).toContain("Accept-Language");
  });

  it("304: a reader who has the page already is told so", async () => {
    const first = await get("/esim/spain");
    const again = await get("/esim/spain", { "if-none-match": first.headers.get("etag") ?? "" });
    expect([again.status, again.text]).toEqual([304, ""]);
    expect(first.headers.get("cache-control")).toContain("public");
    expect(first.headers.getSetCookie()).toEqual([]);
  });

  it.each([
    "/esim/nowhere",
    "/nothing/here",
    "/checkout/abc",
    "/checkout/0",
    "/es/esim/ninguno",
    "/account/esims/x",
  ])("404: %s says so to a person, with a way on, and to a program by a problem document", async (path) => {
    const answer = await get(path);
    expect([answer.status, answer.headers.get("content-type")]).toEqual([404, "text/html; charset=utf-8"]);
    expect(answer.headers.get("content-security-policy")).toContain("default-src 'none'; script-src 'self'");
    expect(answer.text).toContain(
      path.startsWith("/es/") ? "Esta página no existe" : "This page does not exist",
    );
    expect(answer.text).toContain(`<a class="button" href="${path.startsWith("/es/") ? "/es" : "/"}"`);
    expect((await app.request("GET", path)).body).toMatchObject({ code: "not_found" });
  });

  it("prices are shown in a currency that they have, else in the shop's own with a word about it", async () => {
    expect((await get("/esim/japan?currency=JPY")).text).toMatch(/¥\d/);
    const none = await get("/esim/japan?currency=CHF");
    expect(none.text).toContain("There are no prices in CHF for Japan");
    expect(none.text).toContain("$3.00");
    expect((await get("/esim/japan?currency=%3Cscript%3E")).text).toContain("$3.00");
  });

  it.each([
    ["/help", "How do I install my eSIM? · When do I switch it on?"],
    ["/es/help", "¿Cómo instalo mi eSIM?"],
    ["/legal/terms", "Who sells · What you buy"],
    ["/legal/refunds", "We could not deliver it. The whole price goes back by itself"],
  ])("%s tells search engines what it is about", async (path, beginning) => {
    const { text } = await get(path);
    const description = /<meta name="description" content="([^"]*)"/.exec(text)?.[1] ?? "";
    expect(description.startsWith(beginning), description).toBe(true);
    expect(description.length).toBeLessThanOrEqual(156);
  });

  it("says when the days of each plan start and until when to install it, as its suppliers do", async () => {
    const { query } = app.database;
    const plans = await query<{ id: number }>(
      "select p.id from plans p join countries c on c.id = p.country_id where c.iso2 = 'PT' order by p.id",
    );
    const details = async (currency: string): Promise<string> =>
      (await get(`/esim/portugal?currency=${currency}`)).text;
    // Nothing is known of the suppliers: the shop's own limit, and no promise about the days.
    const unknown = await details("EUR");
    expect(unknown.match(/The network does not say when its days start/g)?.length).toBeGreaterThanOrEqual(
      plans.length,
    );
    expect(unknown).toContain("Within 180 days of buying.");
    expect(unknown).toContain("With most networks when the eSIM connects");

    const insert = `insert into plan_suppliers (plan_id, supplier, package_id, use_within_days, validity_starts, paused_at, paused_reason)
      values ($1, $2, 'p', $3, $4, $5, $6)`;
    for (const { id } of plans) await query(insert, [id, "one", 365, "first_use", null, null]);
    const [first, second] = plans;
    await query(insert, [first?.id, "two", 90, "installation", null, null]);
    await query(insert, [second?.id, "two", 30, "installation", new Date(), "test"]);
    const known = await details("USD");
    // The earlier beginning and the shorter limit of those that may be asked.
    expect(known).toContain("Its days start when you install it. Install it within 90 days of buying.");
    expect(known).toContain(
      "Its days start with the first connection at your destination. Install it within 180 days of buying.",
    );
    expect(known).not.toContain("within 30 days");
    expect(known.match(/That depends on the plan: its details say it\./g)).toHaveLength(2);
    expect((await get("/es/esim/portugal")).text).toContain("Sus días empiezan cuando la instalas.");
  });

  it("404: a checkout of a plan that never was is a page with a way on; a paused plan keeps its own", async () => {
    for (const [path, title] of [
      ["/checkout/987654321", "This page does not exist"],
      ["/es/checkout/987654321", "Esta página no existe"],
      ["/esim/atlantis", "This page does not exist"],
      ["/es/esim/atlantis", "Esta página no existe"],
    ] as const) {
      const { status, text } = await get(path);
      expect(status, path).toBe(404);
      expect(text).toContain(title);
      expect(text).toContain(
        path.startsWith("/es/") ? 'class="button" href="/es"' : 'class="button" href="/"',
      );
    }
    const [paused] = await app.database.query<{ id: number }>(
      "update plans set is_active = false, paused_reason = 'test' where id = (select max(id) from plans) returning id",
    );
    expect((await get(`/checkout/${paused?.id}`)).status).toBe(200);
    await app.database.query("update plans set is_active = true, paused_reason = null where id = $1", [
      paused?.id,
    ]);
  });

  it("texts of plans, carriers and places are text, in the page and in its data", async () => {
    await app.database.query("update plans set description = $1, region = coalesce(region, null)", [EVIL]);
    await app.database.query("update carriers set name = $1 where id = (select min(id) from carriers)", [
      EVIL.slice(0, 90),
    ]);
    await app.database.query("update countries set name = $1 where iso2 = 'ES'", [EVIL.slice(0, 90)]);
    // Another process's change shows after a second; another address of the page shows it at once.
    for (const path of ["/?currency=EUR", "/esim/spain?currency=EUR", "/es/esim/spain?currency=EUR"]) {
      const { text } = await get(path);
      expect(text.match(/<script/g)).toHaveLength(3);
      expect(text).not.toContain("<script>alert");
      expect(text).not.toContain("<img src=x");
      const data = /<script type="application\/json" id="state">([^<]+)<\/script>/.exec(text)?.[1] ?? "";
      expect(JSON.stringify(JSON.parse(data))).toContain("onerror");
    }
  });

  it.each(["/console", "/console/orders/7", "/es", "/esim/spain", "/account"])(
    "200: %s has nothing to do with the other's files",
    async (path) => {
      const { text } = await get(path);
      const isConsole = path.startsWith("/console");
      const named = [...text.matchAll(/(?:src|href)="(\/[^"]+\.(?:js|css))"/g)].map(([, file = ""]) => file);
      expect(named.length).toBeGreaterThan(1);
      for (const file of named.filter((one) => !one.startsWith("/brand/")))
        expect(file.startsWith("/console/assets/")).toBe(isConsole);
    },
  );

  it("200: the console's document allows the styles that carry its own nonce, and is kept nowhere", async () => {
    const answers = [await get("/console"), await get("/api/console/orders", { "accept-language": "es" })];
    const nonces = answers.map(({ status, text, headers }) => {
      expect([status, headers.get("cache-control")]).toEqual([200, "no-store"]);
      const policy = headers.get("content-security-policy") ?? "";
      expect(policy).toContain("default-src 'none'; script-src 'self'; style-src 'self' 'nonce-");
      expect(policy).not.toMatch(/unsafe|https?:|\*/);
      expect(text).not.toMatch(/<script(?! type="module" src=)|<style|style=|onload=/);
      const nonce = /'nonce-([\w-]{22})'/.exec(policy)?.[1];
      expect(text).toContain(` nonce="${nonce}"`);
      return nonce;
    });
    expect(nonces[0]).not.toBe(nonces[1]);
    expect(answers[1]?.text).toContain('<html lang="es">');
    expect(answers[0]?.text).toContain("Viajes Sim");
    const script = /src="([^"]+)"/.exec(answers[0]?.text ?? "")?.[1] ?? "";
    const file = await app.request("GET", script, { headers: { "accept-encoding": "gzip" } });
    expect([file.status, file.headers.get("content-encoding"), file.headers.get("cache-control")]).toEqual([
      200,
      "gzip",
      "public, max-age=31536000, immutable",
    ]);
    expect(
      (await app.request("GET", "/console/assets/..%2f..%2fpackage.json")).status,
    ).toBeGreaterThanOrEqual(400);
    expect((await app.request("GET", "/console/assets/none.js")).status).toBe(404);
  });

  it.each(["/docs", "/docs/", "/api/docs"])(
    "200: %s runs what it names itself, and nothing else of this origin",
    async (path) => {
      const [first, second] = [await app.request("GET", path), await app.request("GET", path)];
      expect([first.status, first.headers.get("content-type")]).toEqual([200, "text/html; charset=utf-8"]);
      const policies = [first, second].map(({ headers }) => headers.get("content-security-policy") ?? "");
      for (const policy of policies) expect(policy).not.toMatch(/unsafe|https?:|\*|script-src[^;]*'self'/);
      const nonces = policies.map((policy) => /script-src 'nonce-([\w+/=]{24})'/.exec(policy)?.[1]);
      expect(nonces[0]).not.toBe(nonces[1]);
      const scripts = [...first.text.matchAll(/<script([^>]*)>/g)].map(([, attributes]) => attributes);
      expect(scripts).toHaveLength(2);
      for (const attributes of scripts) expect(attributes).toContain(` nonce="${nonces[0]}"`);
    },
  );

  it("200: the reference's program is small on the wire, and kept for good under a name that holds its hash", async () => {
    const { text } = await app.request("GET", "/docs");
    const file = /src="(\/docs\/scalar-[0-9a-f]{16}\.js)"/.exec(text)?.[1] ?? "";
    const sizes = [];
    for (const encoding of ["gzip", "identity", "gzip;q=0"]) {
      const answer = await app.request("GET", file, { headers: { "accept-encoding": encoding } });
      expect([answer.status, answer.headers.get("content-type")]).toEqual([
        200,
        "text/javascript; charset=utf-8",
      ]);
      expect(answer.headers.get("cache-control")).toBe("public, max-age=31536000, immutable");
      expect(answer.headers.get("vary")).toBe("Origin, Accept-Encoding");
      sizes.push([
        answer.headers.get("content-encoding"),
        Number(answer.headers.get("content-length")) < 2_000_000,
      ]);
    }
    expect(sizes).toEqual([
      ["gzip", true],
      [null, false],
      [null, false],
    ]);
    expect((await app.request("GET", "/docs/js/scalar.js")).status).toBe(404);
    expect((await app.request("GET", file.replace(/-./, "-x"))).status).toBe(404);
  });
});
