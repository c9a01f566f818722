import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeChainHash } from "../../src/modules/admin/admin.module.js";
import { readRoot } from "../../src/modules/admin/chain/check-chain.js";
import { makeExtendChain } from "../../src/modules/admin/chain/extend-chain.js";
import { makeMailRoot } from "../../src/modules/admin/chain/mail-root.js";
import { startTestApp, type TestApp } from "../support/app.js";
import { eventually } from "../support/eventually.js";
import { logIn, mailsTo } from "../support/login.js";

const OWNERS = ["one@example.com", "two@example.com"];

describe("the audit log's last hash", () => {
  let app: TestApp;
  const query = <Row>(sql: string) => app.database.query<Row>(sql);
  const mailRoot = () => makeMailRoot(app.database.db, OWNERS)();
  const roots = async (email: string, count: number) => {
    const settled = await eventually(async () => {
      const mails = (await mailsTo(app, email)).filter(({ text }) => text.includes("tribi audit --full"));
      return mails.length >= count && mails;
    });
    return settled;
  };
  const messageIds = async (): Promise<string[]> =>
    (
      await query<{ id: string }>(
        "select message_id as id from dev_inbox where text_body like '%audit --full%'",
      )
    ).map(({ id }) => id);

  beforeAll(async () => {
    app = await startTestApp({ ADMIN_EMAILS: OWNERS.join(",") });
    for (const email of OWNERS) await logIn(app, email);
    const { userId } = await logIn(app, "customer@example.com");
    expect(userId).toBeGreaterThan(0);
    await query(
      "insert into alarm_choices (user_id, language) select id, 'es' from users where email like 'two@%'",
    );
    await query(
      "insert into audit_log (at, actor, action, subject) values (now() - interval '1 hour', 'a', 'b', 'c:1')",
    );
    await makeExtendChain({
      db: app.database.db,
      chainHash: makeChainHash("an index key of the tests, long enough"),
    })();
  });
  afterAll(() => app.stop());

  it("goes through the outbox to each owner in their language, once however often its job runs", async () => {
    await Promise.all([mailRoot(), mailRoot(), mailRoot()]);
    await mailRoot();
    const root = await readRoot(app.database.db);
    const [english] = await roots("one@example.com", 1);
    const [spanish] = await roots("two@example.com", 1);
    expect(english?.subject).toContain(`audit log up to block ${root?.number}`);
    expect(spanish?.subject).toContain(`registro de auditoría hasta el bloque ${root?.number}`);
    for (const mail of [english, spanish]) expect(mail?.text).toContain(root?.hash);
    const rows = await query("select from outgoing_mails where kind = 'audit_root'");
    expect(rows).toHaveLength(2);
    expect(await messageIds()).toHaveLength(2);
  });

  it("comes again the next day, with another Message-ID once there is another block", async () => {
    const before = await messageIds();
    await query(
      "insert into audit_blocks (number, row_count, complete_to, hash) select max(number) + 1, 0, max(complete_to), max(hash) from audit_blocks",
    );
    await query("delete from outgoing_mails where kind = 'audit_root'");
    await mailRoot();
    await eventually(async () => (await messageIds()).length === before.length + 2);
    expect(new Set(await messageIds()).size).toBe(before.length + 2);
  });
});
