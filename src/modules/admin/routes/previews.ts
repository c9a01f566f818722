import { Type } from "typebox";
import type { Server } from "../../../http/server.js";
import { AppError } from "../../../kernel/errors.js";
import { LANGUAGES } from "../../../kernel/language.js";
import type { ListPreviews, Preview, PreviewSources } from "../previews/previews.js";

/** Styles stand at the elements of mails and in the head of pages; nothing runs, nothing is fetched, no form is sent. */
const PREVIEW_POLICY = [
  "default-src 'none'",
  "style-src 'unsafe-inline'",
  "img-src data:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'self'",
  "sandbox",
].join("; ");

const TextOrNull = Type.Union([Type.String(), Type.Null()]);
const Query = Type.Object(
  { language: Type.Optional(Type.Enum([...LANGUAGES], { default: "en" })) },
  { additionalProperties: false },
);
const PreviewView = Type.Object({
  name: Type.String(),
  kind: Type.Enum(["mail", "page"]),
  to: TextOrNull,
  subject: TextOrNull,
  text: TextOrNull,
  attachments: Type.Array(Type.String(), { description: "Names of files" }),
  document: Type.Union([Type.String(), Type.Null()], {
    description: "The address of its HTML, to be shown in a frame; null: there is only text",
  }),
});

const config = { access: "admin", permission: "previews.read" } as const;
const tags = ["Administration"];

export function registerPreviews(
  app: Server,
  { listPreviews, shopPages }: { listPreviews: ListPreviews; shopPages: PreviewSources["shopPages"] },
): void {
  app.get(
    "/admin/previews",
    {
      config,
      schema: {
        tags,
        operationId: "listPreviews",
        summary: "Every mail, and every page behind a link, about somebody invented",
        description:
          "As the shop would write it now, with its name, address and look. Nothing is sent or stored.",
        querystring: Query,
        response: {
          200: Type.Object({
            items: Type.Array(PreviewView),
            shop_pages: Type.Array(Type.String(), { description: "Addresses of the public pages" }),
          }),
        },
      },
    },
    async ({ query: { language = "en" } }) => ({
      items: listPreviews(language).map((one) => viewOf(one, language)),
      shop_pages: [...(await shopPages(language))],
    }),
  );
  app.get(
    "/admin/previews/:name/document",
    {
      config: { ...config, problems: ["not_found"] },
      schema: {
        tags,
        operationId: "getPreviewDocument",
        summary: "The HTML of one preview; nothing in it runs",
        params: Type.Object({ name: Type.String({ pattern: "^[a-z_.]{1,80}$" }) }),
        querystring: Query,
        response: {
          200: { description: "A document", content: { "text/html": { schema: Type.String() } } },
        },
      },
    },
    async ({ params: { name }, query: { language = "en" } }, reply) => {
      const html = listPreviews(language).find((one) => one.name === name)?.html;
      if (html == null) throw new AppError("not_found", "There is no such document. Look at the list again.");
      return reply
        .type("text/html; charset=utf-8")
        .header("content-security-policy", PREVIEW_POLICY)
        .send(html);
    },
  );
}

const viewOf = ({ name, kind, letter, html }: Preview, language: string) => ({
  name,
  kind,
  to: letter?.to ?? null,
  subject: letter?.subject ?? null,
  text: letter?.text ?? null,
  attachments: (letter?.attachments ?? [])
    .filter(({ contentId }) => contentId === undefined)
    .map(({ filename }) => filename),
  document: html === null ? null : `/admin/previews/${name}/document?language=${language}`,
});
