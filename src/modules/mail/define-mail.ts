import type { MailDefinition } from "./mail-definition.js";
import { outboxStatements } from "./outbox-store.js";
import { SEND_MAIL } from "./send-mail.js";

export type MailKind = MailDefinition & {
  readonly statements: ReturnType<typeof outboxStatements>;
  /** SQL that queues it in the statement's own transaction; part of a select list. Again for one subject does nothing. */
  queue(of: { readonly subject: string; readonly order: string }): string;
  /** SQL: whether, and when, one about this subject was sent. */
  wasSent(subject: string): string;
  sentAt(subject: string): string;
};

/** A mail as the one place that knows its name: what queues it and what writes it cannot differ. */
export function defineMail(definition: MailDefinition): MailKind {
  const { kind, priority } = definition;
  return {
    ...definition,
    statements: outboxStatements(definition),
    wasSent: (subject) =>
      `exists (select from outgoing_mails m where m.kind = '${kind}' and m.subject_id = ${subject} and m.status = 'sent')`,
    sentAt: (subject) =>
      `(select max(m.ended_at) from outgoing_mails m where m.kind = '${kind}' and m.subject_id = ${subject} and m.status = 'sent')`,
    queue: ({ subject, order }) =>
      `queue_mail('${kind}', ${subject}, ${order}, '${SEND_MAIL.task}', ${priority})`,
  };
}
