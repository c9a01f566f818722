import { chmodSync, copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { terminalQr } from "../../src/commands/terminal-qr.js";
import { decodedPixels } from "../support/decode-qr.js";
import { logInAt, requestTo } from "../support/process-client.js";
import { freePort, type ServerProcess, startProcess } from "../support/processes.js";

const EXAMPLE = path.join(path.dirname(fileURLToPath(import.meta.url)), "../../.env.example");
const EMAIL = "demo@traveller.example";
const ESC = "\u001b";

/** Four pixels to a module; what a drawn half block shows is dark when the colours say so. */
function decodedText(text: string, drawnIsDark: boolean): string | undefined {
  const rows = text.split("\n").flatMap((line) => {
    const cells = [...line.replaceAll(`${ESC}[30;107m`, "").replaceAll(`${ESC}[0m`, "")];
    return ["█▀", "█▄"].map((drawn) => cells.map((cell) => drawn.includes(cell) === drawnIsDark));
  });
  const scale = 4;
  const [width, height] = [(rows[0]?.length ?? 0) * scale, rows.length * scale];
  const pixels = new Uint8ClampedArray(width * height * 4).fill(255);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      if (rows[Math.floor(y / scale)]?.[Math.floor(x / scale)] === true)
        pixels.fill(0, (y * width + x) * 4, (y * width + x) * 4 + 3);
    }
  }
  return decodedPixels(pixels, width, height);
}

describe("tribi demo", () => {
  const folder = mkdtempSync(path.join(tmpdir(), "tribi-demo-"));
  let server: ServerProcess;
  let port: string;
  let payload = "";
  const inFolder = { cwd: folder };
  beforeAll(async () => {
    // The database's user gets through, so that its files are in here and go with the folder.
    chmodSync(folder, 0o711);
    copyFileSync(EXAMPLE, path.join(folder, ".env"));
    port = String(await freePort());
    server = await startProcess(["serve"], { PORT: port, ENVIRONMENT: "" }, inFolder);
  });
  afterAll(async () => {
    server.kill("SIGTERM");
    await server.ended;
    rmSync(folder, { recursive: true, force: true });
  });

  it("with .env.example as .env, buys an eSIM and draws a QR code that a phone can read", async () => {
    const demo = await startProcess(["demo", "--email", EMAIL], { PORT: port, ENVIRONMENT: "" }, inFolder);
    expect([await demo.ended, demo.output()]).toEqual([0, expect.stringContaining("LPA:1$")]);
    [, payload = ""] = /^(LPA:1\$.+)$/m.exec(demo.output()) ?? [];
    const drawing = demo
      .output()
      .split("\n")
      .filter((line) => /^[█▀▄ ]{20,}$/.test(line))
      .join("\n");
    expect(decodedText(drawing, false)).toBe(payload);
  });

  it("the start says where the store, the inbox and the reference are, and how to become admin", () => {
    for (const words of ["/docs", "/dev/inbox", "npm run demo", "ADMIN_EMAILS"])
      expect(server.output()).toContain(words);
  });

  it("killed and started again, the store still has the order and the eSIM", async () => {
    server.kill("SIGKILL");
    await server.ended;
    const again = { PORT: port, ENVIRONMENT: "", RATE_LIMIT_CODES_PER_MINUTE: "999999" };
    server = await startProcess(["serve"], again, inFolder);
    const { token: bearer } = await logInAt(server, EMAIL);
    const request = requestTo(server);
    expect((await request("GET", "/orders/mine", { bearer })).body).toMatchObject([
      { status: "paid", esim_profile: { status: "ready" } },
    ]);
    expect((await request("GET", "/esims/mine", { bearer })).body).toMatchObject([{ qr_payload: payload }]);
  });

  it("exits 2 and says how to start the store when none answers", async () => {
    const url = `http://127.0.0.1:${await freePort()}`;
    const demo = await startProcess(["demo", "--url", url], {}, inFolder);
    expect([await demo.ended, demo.output()]).toEqual([2, expect.stringContaining("npm start")]);
  });

  it("exits 1 with the store's words when a step fails", async () => {
    const demo = await startProcess(["demo", "--country", "XX"], { PORT: port, ENVIRONMENT: "" }, inFolder);
    expect([await demo.ended, demo.output()]).toEqual([1, expect.stringContaining("no plan for XX")]);
  });
});

it("a QR code in colours is dark on light and reads the same", () => {
  expect(decodedText(terminalQr("LPA:1$smdp.example$ABC-123", { hasColours: true }), true)).toBe(
    "LPA:1$smdp.example$ABC-123",
  );
});
