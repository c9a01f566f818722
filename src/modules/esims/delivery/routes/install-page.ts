import type { FastifyReply, FastifyRequest } from "fastify";
import { Type } from "typebox";
import { languageOfRequest } from "../../../../http/accept-language.js";
import type { Server } from "../../../../http/server.js";
import { AppError } from "../../../../kernel/errors.js";
import { languageOr } from "../../../../kernel/language.js";
import type { Texts, TextsIn } from "../../../mail/mail.module.js";
import { installGuide } from "../install-guide.js";
import type { FoundLink, InstallLinks } from "../install-links.js";
import { closedPage, gonePage, openPage } from "../install-page.js";
import { sendSecretPage } from "./send-secret-page.js";

const Params = Type.Object({ secret: Type.String() });
const LINK_ENDED = "This install link does not work. Sign in at the store and make a new one.";
/** A button sends an empty form. */
const FORM_BYTES_MAX = 1_024;

/**
 * The page of one eSIM for whoever has its secret link. Programs that preview links only GET, and a GET shows
 * nothing; the button's POST does.
 */
export function registerInstallPage(
  app: Server,
  deps: { installLinks: InstallLinks; textsIn: TextsIn },
): void {
  const { installLinks, textsIn } = deps;
  const config = { access: "public", isInternal: true } as const;
  const sendGone = (
    request: FastifyRequest,
    reply: FastifyReply,
    found: FoundLink,
    texts: Texts,
  ): FastifyReply => {
    const isUnknown = found.kind === "unknown";
    // Programs get a problem document as from every other route.
    if (!/text\/html/i.test(request.headers.accept ?? "")) {
      throw new AppError(isUnknown ? "not_found" : "gone", LINK_ENDED);
    }
    return sendSecretPage(reply, isUnknown ? 404 : 410, gonePage(texts));
  };

  app.get("/install/:secret", { config, schema: { params: Params } }, async (request, reply) => {
    const found = await installLinks.find(request.params.secret);
    const texts = textsFor(textsIn, request, found);
    if (found.kind !== "live") return sendGone(request, reply, found, texts);
    return sendSecretPage(reply, 200, closedPage(texts, found.link.expires_at));
  });
  app.post(
    "/install/:secret",
    { config: { ...config, consumes: "form" }, bodyLimit: FORM_BYTES_MAX, schema: { params: Params } },
    async (request, reply) => {
      const opened = await installLinks.open(request.params.secret, request.id);
      const texts = textsFor(textsIn, request, opened);
      if (opened.kind !== "open") return sendGone(request, reply, opened, texts);
      const { row, secrets, link } = opened;
      const guide = installGuide({ row, secrets, orderReference: link.order_reference }, texts);
      return sendSecretPage(reply, 200, openPage(guide, texts, link.expires_at));
    },
  );
}

/** The browser's language, else the one of the order. */
function textsFor(
  textsIn: TextsIn,
  request: FastifyRequest,
  found: FoundLink | { link: { language: string | null } },
): Texts {
  const ofOrder = "link" in found ? found.link.language : null;
  return textsIn(languageOfRequest(request) ?? languageOr(ofOrder));
}
