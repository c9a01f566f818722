import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { statement } from "../../src/db/database.js";
import { jsonAmountMajor, jsonAsIs, jsonObject, jsonText, jsonTime, orNull } from "../../src/db/json-sql.js";
import { amountMajor, currencyCodes } from "../../src/kernel/money.js";
import { makeTestDatabase, type TestDatabase } from "../support/database.js";

describe("JSON that the database writes", () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await makeTestDatabase();
  });
  afterAll(() => database.drop());

  const read = async (json: string, from: string, values: unknown[]): Promise<unknown[]> => {
    const { rows } = await database.db.run<{ json: string }>(
      statement("", `select ${json} as json ${from}`),
      values,
    );
    return rows.map((row) => JSON.parse(row.json));
  };

  it("amounts are those of amountMajor, in every currency", async () => {
    const amounts = [1, 9, 10, 99, 100, 999, 1000, 10_000, 123_456, 9_007_199_254_740_991];
    const given = currencyCodes.flatMap((currency) => amounts.map((minor) => ({ currency, minor })));
    const written = await read(
      jsonAmountMajor("given.minor", "given.currency"),
      "from unnest($1::bigint[], $2::text[]) with ordinality as given(minor, currency, number) order by number",
      [given.map(({ minor }) => minor), given.map(({ currency }) => currency)],
    );
    expect(written).toEqual(given.map(({ minor, currency }) => amountMajor(minor, currency)));
  });

  it("texts come back as they were, whatever is in them", async () => {
    const texts = ['say "hi"', "back\\slash", "line\nbreak\ttab", "København 東京 🛰", "</script>", ""];
    const written = await read(
      jsonObject({ text: jsonText("given.text") }),
      "from unnest($1::text[]) with ordinality as given(text, number) order by number",
      [texts],
    );
    expect(written).toEqual(texts.map((text) => ({ text })));
  });

  it("times are those that single rows have, and a missing one is null", async () => {
    const times = [
      "2026-01-31 08:30:15.123456+00",
      "2026-12-31 23:59:59.9+00",
      "2026-06-01 00:00:00+02",
      null,
    ];
    const { rows } = await database.db.run<{ at: string | null }>(
      statement(
        "",
        "select at from unnest($1::timestamptz[]) with ordinality as given(at, number) order by number",
      ),
      [times],
    );
    const written = await read(
      jsonObject({ at: orNull(jsonTime("given.at")), number: jsonAsIs("given.number") }),
      "from unnest($1::timestamptz[]) with ordinality as given(at, number) order by number",
      [times],
    );
    expect(written).toEqual(rows.map(({ at }, index) => ({ at, number: index + 1 })));
  });
});
