import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { type ConfigError, loadConfig } from "./config.js";
import { readEnvironment } from "./env.js";
import { envFileProblems } from "./env-file.js";

const folder = mkdtempSync(path.join(tmpdir(), "tribi-env-file-"));
afterAll(() => rmSync(folder, { recursive: true }));

function read(file: string | Buffer, variables: Record<string, string> = {}) {
  writeFileSync(path.join(folder, ".env"), file);
  return readEnvironment(folder, variables);
}

describe("a .env file", () => {
  it.each([
    ["SMTP_PASSWORD=pa#ss1", "SMTP_PASSWORD"],
    ["SMTP_PASSWORD=#pass1", "SMTP_PASSWORD"],
    ["SMTP_PASSWORD= #pass1", "SMTP_PASSWORD"],
    ["SMTP_PASSWORD=# pass1", "SMTP_PASSWORD"],
    ["SMTP_PASSWORD=pa# ss1", "SMTP_PASSWORD"],
    ["SMTP_FROM_EMAIL=Shop #1 <no-reply@shop.example>", "SMTP_FROM_EMAIL"],
    ["export SMTP_PASSWORD=pa#ss1", "SMTP_PASSWORD"],
    ["SMTP_PASSWORD='pa#ss1", "SMTP_PASSWORD"],
    ['SMTP_PASSWORD="pass1', "SMTP_PASSWORD"],
    ['SMTP_PASSWORD="pa"ss1', "SMTP_PASSWORD"],
    ['SMTP_PASSWORD="pa\\nss1"', "SMTP_PASSWORD"],
    ["SMTP_HOST smtp.example.com", ".env line 2"],
    ["=x", ".env line 2"],
  ])("is refused where a value would be another one than it looks: %s", (line, name) => {
    const { problems } = read(`PORT=8001\n${line}\n`);
    expect(problems.map((problem) => problem.name)).toEqual([name]);
    expect(JSON.stringify(problems)).not.toMatch(/pass1|ss1/);
    expect(problems[0]?.message).toMatch(/single quotes|one pair of quotes|NAME=value/);
  });

  it.each<[string, string | undefined]>([
    ["SMTP_PASSWORD='pa#ss1'", "pa#ss1"],
    ['SMTP_PASSWORD="#pass1"', "#pass1"],
    ['SMTP_PASSWORD=`it\'s "#1"`', 'it\'s "#1"'],
    ['SMTP_PASSWORD="pass1 "', "pass1 "],
    ["SMTP_PASSWORD='  pass1'", "  pass1"],
    ["SMTP_PASSWORD='pa\\nss1'", "pa\\nss1"],
    ["SMTP_PASSWORD=pass1  ", "pass1"],
    ["SMTP_PASSWORD=pass1 # the one of March", "pass1"],
    ["SMTP_PASSWORD='pass1' # the one of March", "pass1"],
    ["SMTP_PASSWORD=   # none yet", undefined],
    ["SMTP_PASSWORD=pass1\r", "pass1"],
    ["SMTP_PASSWORD: pass1", "pass1"],
    ["# SMTP_PASSWORD=pa#ss1", undefined],
    ["   ", undefined],
  ])("is read as it looks: %s", (line, value) => {
    const { values, problems } = read(`${line}\nSMTP_HOST=localhost\nSMTP_USER=shop\n`);
    expect([values.SMTP_PASSWORD, problems]).toEqual([value, []]);
    if (value !== undefined)
      expect(loadConfig({ ...values, DATA_DIR: folder }).mail.smtp?.password).toBe(value);
  });

  it("is refused in another encoding, where it would set nothing or something else", () => {
    for (const bytes of [
      Buffer.from("\uFEFFSMTP_HOST=smtp.example.com\n", "utf16le"),
      Buffer.from("SMTP_HOST=smtp.example.com\n", "utf16le"),
      Buffer.from("SMTP_PASSWORD=pässword\n", "latin1"),
    ])
      expect(read(bytes).problems).toEqual([{ name: ".env", message: expect.stringContaining("UTF-8") }]);
    expect(read("\uFEFFSMTP_HOST=smtp.example.com\n")).toEqual({
      values: { SMTP_HOST: "smtp.example.com" },
      problems: [],
    });
  });

  it("says nothing of a value that the environment overrides", () => {
    expect(read("SMTP_PASSWORD=pa#ss1\n", { SMTP_PASSWORD: "other" }).problems).toEqual([]);
  });

  it("is reported together with every other problem", () => {
    const { values, problems } = read("SMTP_PASSWORD=pa#ss1\nPORT=http\n");
    expect.assertions(1);
    try {
      loadConfig({ ...values, DATA_DIR: folder }, problems);
    } catch (error) {
      expect((error as ConfigError).problems.map(({ name }) => name)).toEqual(["SMTP_PASSWORD", "PORT"]);
    }
  });
});

it("finds the line of a problem", () => {
  expect(envFileProblems("\n\nA=1\nB=a#b")[0]?.message).toContain("(.env line 4)");
});
