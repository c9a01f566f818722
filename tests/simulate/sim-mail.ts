import { done, refused } from "../../src/kernel/outcome.js";
import type { Mail, MailSender } from "../../src/providers/mail/port.js";
import type { Choices } from "./choices.js";

export type SimMail = ReturnType<typeof makeSimMail>;

/** A mail server with mailboxes; some mailboxes are gone for good, and now and then it refuses the shop. */
export function makeSimMail(choices: () => Choices) {
  const boxes = new Map<string, Mail[]>();
  const ids = new Set<string>();
  let calls = 0;
  const sender: MailSender = {
    async send(mail) {
      calls += 1;
      const draw = choices().of("mail", calls);
      if (draw < 0.03) return refused("rejected", "no such mailbox");
      if (draw < 0.045) return refused("sender_refused", "not now");
      const box = boxes.get(mail.to.address) ?? [];
      // Mailboxes drop what they have already.
      if (!ids.has(mail.reference)) box.push(mail);
      ids.add(mail.reference);
      boxes.set(mail.to.address, box);
      return done({ messageId: mail.reference });
    },
    close: () => undefined,
  };
  return {
    sender,
    /** The newest sign-in code in somebody's mailbox. */
    codeOf: (address: string): string | undefined =>
      boxes
        .get(address)
        ?.findLast(({ template }) => template === "login_code")
        ?.text.match(/\d{6}/)?.[0],
    forget(): void {
      boxes.clear();
      ids.clear();
      calls = 0;
    },
  };
}
