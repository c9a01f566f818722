import type { FastifyReply } from "fastify";
import { Type } from "typebox";
import type { Db } from "../../../../db/database.js";
import { languageOfRequest } from "../../../../http/accept-language.js";
import { callerOf } from "../../../../http/caller.js";
import type { Server } from "../../../../http/server.js";
import { AppError } from "../../../../kernel/errors.js";
import { languageOr } from "../../../../kernel/language.js";
import { trimEndOf } from "../../../../kernel/trim-end.js";
import type { TextsIn } from "../../../mail/mail.module.js";
import { sendSecretPage } from "../../delivery/routes/send-secret-page.js";
import { EsimId } from "../../routes/read-esims.js";
import type { ListTopUps } from "../../top-ups/list-top-ups.js";
import { noticeGonePage, noticePage, placeIn } from "../notice-page.js";
import { endLinksOf, findNoticePage, type NoticePageRow } from "../notice-page-store.js";
import type { NoticeTokens } from "../notice-token.js";

const Params = Type.Object({ token: Type.String() });
const LINK_ENDED = "This link does not work any more. Sign in at the store to see the eSIM.";

export interface NoticePageDeps {
  readonly db: Db;
  readonly publicUrl: string;
  readonly textsIn: TextsIn;
  readonly tokens: NoticeTokens;
  readonly listTopUps: ListTopUps;
}

/** The page of a notice signs in nobody and writes nothing, so that programs may preview it as they like. */
export function registerNoticePage(app: Server, deps: NoticePageDeps): void {
  const { db, textsIn, tokens, listTopUps } = deps;
  const shopUrl = trimEndOf(deps.publicUrl, "/");

  const fittingTopUp = async (row: NoticePageRow) => {
    if (row.kind === "install" || row.has_ended) return undefined;
    const list = await listTopUps(db, {
      esimId: row.esim_id,
      userId: row.user_id,
      currency: row.currency,
    });
    return list?.offers[0];
  };

  app.get(
    "/notices/esim/:token",
    { config: { access: "public", isInternal: true }, schema: { params: Params } },
    async (request, reply): Promise<FastifyReply> => {
      const noticeId = tokens.read(request.params.token);
      const row = noticeId === null ? undefined : await findNoticePage(db, noticeId);
      const texts = textsIn(languageOfRequest(request) ?? languageOr(row?.language ?? null));
      if (row?.is_live !== true) {
        if (!/text\/html/i.test(request.headers.accept ?? ""))
          throw new AppError(row === undefined ? "not_found" : "gone", LINK_ENDED);
        return sendSecretPage(reply, row === undefined ? 404 : 410, noticeGonePage(texts));
      }
      const topUp = await fittingTopUp(row);
      const shop = placeIn(shopUrl, texts.language);
      return sendSecretPage(reply, 200, noticePage(row, texts, { topUp, shop }));
    },
  );

  app.delete(
    "/esims/:id/links",
    {
      config: { access: "user", problems: ["not_found"] },
      schema: {
        tags: ["eSIMs"],
        operationId: "endEsimLinks",
        summary: "End all links to this eSIM that were mailed or made",
        description: "Install links and the pages of notices stop working at once. Again does nothing.",
        params: EsimId,
        response: {
          200: Type.Object({ ended: Type.Integer({ description: "Links that worked until now" }) }),
        },
      },
    },
    async (request) => {
      const { userId } = callerOf(request);
      const ended = await endLinksOf(db, { esimId: request.params.id, userId, requestId: request.id });
      if (ended === undefined) throw new AppError("not_found", "eSIM not found");
      return { ended };
    },
  );
}
