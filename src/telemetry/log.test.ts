import { describe, expect, it } from "vitest";
import { flatLog, makeLog } from "./log.js";

function lineOf(error: unknown): { err: Record<string, unknown> } {
  const lines: string[] = [];
  makeLog({ level: "info", format: "json", sink: { write: (line: string) => lines.push(line) } }).warn(
    { err: error },
    "something failed",
  );
  return JSON.parse(lines[0] ?? "{}");
}

describe("what never reaches a line", () => {
  const lines: string[] = [];
  const log = makeLog({ level: "info", format: "json", sink: { write: (line) => lines.push(line) } });
  const secret = { code: "481516", email: "ada@example.com", token: "tok_2342" };

  it.each([
    ["a line", () => log.info({ ...secret, login: secret }, "signed in")],
    ["a flat line", () => flatLog(log).info(secret, "signed in")],
  ])("is masked in %s, and its name stays", (_what, write) => {
    write();
    expect(lines.at(-1)).not.toMatch(/481516|ada@example|tok_2342/);
    expect(JSON.parse(lines.at(-1) ?? "{}")).toMatchObject({ code: "[redacted]", msg: "signed in" });
  });
});

describe("an error in the log", () => {
  it("says what failed, and with which code", () => {
    const cause = Object.assign(new Error("connect ECONNREFUSED"), { code: "ECONNREFUSED" });
    const error = Object.assign(new Error("duplicate key", { cause }), {
      code: "23505",
      constraint: "orders_one_per_user_and_key",
    });
    expect(lineOf(error).err).toMatchObject({
      type: "Error",
      message: "duplicate key",
      error_code: "23505",
      constraint: "orders_one_per_user_and_key",
      cause: { message: "connect ECONNREFUSED", error_code: "ECONNREFUSED" },
    });
  });

  it("leaves out what libraries hang on it: rows, connections, keys", () => {
    const error = Object.assign(new Error("terminated"), {
      detail: "Key (email)=(ada@example.com) already exists.",
      client: { secretKey: 2079871848, connectionParameters: { password: "hunter2" } },
    });
    expect(JSON.stringify(lineOf(error))).not.toMatch(/ada@example|hunter2|2079871848/);
  });

  it("ends a row of causes that leads back to itself", () => {
    const error = new Error("first");
    error.cause = error;
    expect(lineOf(error).err.message).toBe("first");
  });

  it("takes whatever was thrown", () => {
    expect(lineOf("just a text").err.message).toBe("just a text");
  });
});
