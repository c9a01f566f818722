/** A mail as it comes from the adapter. */
export interface NewMail {
  readonly messageId: string;
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string | null;
}

/** A mail as GET /dev/inbox.json shows it. */
export interface KeptMail extends Omit<NewMail, "messageId"> {
  readonly created_at: string;
}
