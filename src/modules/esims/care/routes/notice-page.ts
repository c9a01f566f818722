import type { FastifyReply } from "fastify";
import { Type } from "typebox";
import { languageOfRequest } from "../../../../http/accept-language.js";
import { callerOf } from "../../../../http/caller.js";
import type { Server } from "../../../../http/server.js";
import { AppError } from "../../../../kernel/errors.js";
import { languageOr } from "../../../../kernel/language.js";
import type { TextsIn } from "../../../mail/mail.module.js";
import { sendSecretPage } from "../../delivery/routes/send-secret-page.js";
import { EsimId } from "../../routes/read-esims.js";
import { noticeGonePage, noticePage, placeIn } from "../notice-page.js";
import type { NoticePages } from "../notice-pages.js";

const Params = Type.Object({ token: Type.String() });
const LINK_ENDED = "This link does not work any more. Sign in at the store to see the eSIM.";

export interface NoticePageDeps {
  readonly shopUrl: string;
  readonly textsIn: TextsIn;
  readonly pages: NoticePages;
}

/** The page of a notice signs in nobody and writes nothing. */
export function registerNoticePage(app: Server, { shopUrl, textsIn, pages }: NoticePageDeps): void {
  app.get(
    "/notices/esim/:token",
    { config: { access: "public", isInternal: true }, schema: { params: Params } },
    async (request, reply): Promise<FastifyReply> => {
      const found = await pages.find(request.params.token);
      const texts = textsIn(languageOfRequest(request) ?? languageOr(found?.row.language ?? null));
      if (found?.row.is_live === true) {
        const shop = placeIn(shopUrl, texts.language);
        return sendSecretPage(reply, 200, noticePage(found.row, texts, { topUp: found.topUp, shop }));
      }
      const isUnknown = found === undefined;
      if (!/text\/html/i.test(request.headers.accept ?? ""))
        throw new AppError(isUnknown ? "not_found" : "gone", LINK_ENDED);
      return sendSecretPage(reply, isUnknown ? 404 : 410, noticeGonePage(texts));
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
      const ended = await pages.endLinksOf({ esimId: request.params.id, userId, requestId: request.id });
      if (ended === undefined) throw new AppError("not_found", "eSIM not found");
      return { ended };
    },
  );
}
