import type { Act } from "../../../db/act.js";
import type { Db } from "../../../db/database.js";
import { AppError } from "../../../kernel/errors.js";
import { makeResendMailOf } from "../../mail/mail.module.js";
import { type EsimRow, findEsim } from "../esim-read-model.js";
import type { ShowEsim } from "../show-esims.js";
import { ESIM_READY } from "./mail-kinds.js";
import { logOperatorReveal } from "./mail-store.js";

export type AdminDelivery = ReturnType<typeof makeAdminDelivery>;

/** What an operator does for a customer who cannot find the mail. */
export function makeAdminDelivery(deps: { db: Db; showEsim: ShowEsim; wakeWorkers: () => void }) {
  const { db, showEsim } = deps;
  const resendMailOf = makeResendMailOf(deps);
  const getRow = async (profileId: number): Promise<EsimRow> => {
    const row = await findEsim(db, profileId);
    if (row === undefined) throw new AppError("not_found", "eSIM not found");
    return row;
  };
  return {
    async resendMail(profileId: number, act: Act): Promise<void> {
      const { order_id: orderId } = await getRow(profileId);
      await resendMailOf(ESIM_READY, { subjectId: profileId, orderId }, act);
    },

    /** Both records are written before the code leaves; an answer that fails afterwards is on record as shown. */
    async show(profileId: number, act: Act) {
      const asRead = await getRow(profileId);
      const viewer = {
        actor: act.actor,
        sessionId: null,
        channel: "admin",
        requestId: act.requestId,
      } as const;
      const shown = await showEsim(asRead, viewer);
      if (shown.secrets !== null) await logOperatorReveal(db, profileId, act);
      return shown;
    },
  };
}
