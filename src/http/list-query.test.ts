import { type Static, Type } from "typebox";
import { Value } from "typebox/value";
import { describe, expect, test } from "vitest";
import { containsPattern, listStatements } from "../db/list-sql.js";
import { listAnswer, listOf, listQuery, listRequestOf } from "./list-query.js";

const Query = listQuery(["name", "created_at"], { is_active: Type.Optional(Type.Boolean()) });
const Answer = listOf(Type.Object({ id: Type.Integer() }));

describe("the query of a list", () => {
  test("sorts by the allow-list only", () => {
    expect(Value.Check(Query, { sort_by: "name", sort_order: "desc", is_active: true })).toBe(true);
    expect(Value.Check(Query, { sort_by: "created_at;drop" })).toBe(false);
    expect(Value.Check(Query, { sort_order: "DESC" })).toBe(false);
    expect(Value.Check(Query, { limit: 5 })).toBe(false);
    expect(Value.Check(Query, { page: 0 })).toBe(false);
    expect(Value.Check(Query, { page: 999_999_999 })).toBe(true);
  });

  test("has its defaults", () => {
    const query: Static<typeof Query> = {};
    const request = listRequestOf(query, { sortBy: "name", sortOrder: "asc" });
    expect(request).toEqual({ page: 1, pageSize: 20, q: "", sortBy: "name", sortOrder: "asc" });
  });
});

test("the answer counts pages", () => {
  const answer: Static<typeof Answer> = listAnswer(
    { rows: [{ id: 1 }], total: 41 },
    { page: 3, pageSize: 20 },
    (row) => row,
  );
  expect(answer).toEqual({ items: [{ id: 1 }], total: 41, page: 3, page_size: 20, total_pages: 3 });
  expect(listAnswer({ rows: [], total: 0 }, { page: 1, pageSize: 20 }, String).total_pages).toBe(0);
});

test("wildcards of a search are literal", () => {
  expect(containsPattern("50%_\\")).toBe("%50\\%\\_\\\\%");
});

test("a sort key that is not in the table never becomes SQL", () => {
  const statements = listStatements({
    name: "t.list",
    select: "id",
    from: "from t where $1 = ''",
    parameters: 1,
    sortable: { name: "lower(name)" },
    id: "id",
  });
  expect(statements.page("name", "desc").text).toBe(
    "select id from t where $1 = '' order by lower(name) desc nulls last, id desc limit $2 offset $3",
  );
  expect(() => statements.page("name;drop" as "name", "asc")).toThrow(/cannot be sorted/);
});
