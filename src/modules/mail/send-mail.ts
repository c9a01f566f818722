import { defineJob } from "../jobs/jobs.module.js";

/** The one job that sends mail. */
export const SEND_MAIL = defineJob({
  task: "send_mail",
  payload: { mail_id: "id", kind: "name" },
  key: ["mail", "mail_id"],
  isBatched: true,
});
