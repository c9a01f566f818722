import type { FastifyReply, FastifyRequest } from "fastify";
import { Type } from "typebox";
import { languageOfRequest } from "../../../../http/accept-language.js";
import type { Server } from "../../../../http/server.js";
import { AppError } from "../../../../kernel/errors.js";
import { escapeHtml } from "../../../../kernel/html.js";
import { languageOr } from "../../../../kernel/language.js";
import type { Texts, TextsIn } from "../../../mail/mail.module.js";
import { page } from "../../delivery/install-page.js";
import { sendSecretPage } from "../../delivery/routes/send-secret-page.js";
import type { ChooseNotices, FoundNotice } from "../choose-notices.js";

const Params = Type.Object({ token: Type.String() });
const NO_SUCH_LINK = "This link does not work. Choose in your account what is mailed.";
/** One member, by a mail program or by the page's button. */
const FORM_BYTES_MAX = 4_096;

/** RFC 8058: a POST ends mails of one kind, without signing in; a GET shows a button and changes nothing. */
export function registerUnsubscribe(
  app: Server,
  { notices, textsIn }: { notices: Pick<ChooseNotices, "find" | "refuse">; textsIn: TextsIn },
): void {
  const config = { access: "public", isInternal: true } as const;
  const textsFor = (request: FastifyRequest, found: FoundNotice | undefined): Texts =>
    textsIn(languageOfRequest(request) ?? languageOr(found?.language ?? null));

  app.get("/notices/unsubscribe/:token", { config, schema: { params: Params } }, async (request, reply) => {
    const found = await notices.find(request.params.token);
    const texts = textsFor(request, found);
    return found === undefined
      ? sendGone(request, reply, texts)
      : sendSecretPage(reply, 200, askingPage(texts, found));
  });
  app.post(
    "/notices/unsubscribe/:token",
    { config: { ...config, consumes: "one-click" }, bodyLimit: FORM_BYTES_MAX, schema: { params: Params } },
    async (request, reply) => {
      const found = await notices.find(request.params.token);
      const texts = textsFor(request, found);
      if (found === undefined) return sendGone(request, reply, texts);
      await notices.refuse(found);
      return sendSecretPage(
        reply,
        200,
        page(texts, texts.text("stop.done_title"), paragraph(texts.text("stop.done"))),
      );
    },
  );
}

const paragraph = (text: string): string => `<p>${escapeHtml(text)}</p>`;

const askingPage = (texts: Texts, { kind }: FoundNotice): string =>
  page(
    texts,
    texts.text("stop.title"),
    `${paragraph(texts.text(`stop.${kind}`))}
<form method="post"><button class="main" type="submit">${escapeHtml(texts.text("stop.button"))}</button></form>`,
  );

function sendGone(request: FastifyRequest, reply: FastifyReply, texts: Texts): FastifyReply {
  if (!/text\/html/i.test(request.headers.accept ?? "")) throw new AppError("not_found", NO_SUCH_LINK);
  return sendSecretPage(
    reply,
    404,
    page(texts, texts.text("stop.gone_title"), paragraph(texts.text("stop.gone"))),
  );
}
