/** The pages as the server draws them: one function from what it knows to a whole document. */
import { renderToString } from "preact-render-to-string";
import { addressOf } from "./addresses.js";
import { headOfPage } from "./head-of-page.js";
import { Page, type PageState, textOf } from "./page.js";
import type { PageRequest, RenderPage } from "./page-contract.js";
import englishShop from "./texts/en/shop.json";
import englishTrips from "./texts/en/trips.json";
import spanishShop from "./texts/es/shop.json";
import spanishTrips from "./texts/es/trips.json";

const TEXTS = {
  en: { ...englishShop, ...englishTrips },
  es: { ...spanishShop, ...spanishTrips },
};

export const renderPage: RenderPage = (request) => {
  const text = textOf(TEXTS[request.language], request.language);
  const { path, language, currency, shop, data } = request;
  const state: PageState = { path, language, currency, shop, data };
  return `<!doctype html>${renderToString(<Document request={request} state={state} text={text} />)}`;
};

function Document({
  request,
  state,
  text,
}: {
  request: PageRequest;
  state: PageState;
  text: ReturnType<typeof textOf>;
}) {
  const { assets, language, shop, path } = request;
  const head = headOfPage(request, text);
  return (
    <html lang={language}>
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>{head.title}</title>
        {head.description !== null && <meta name="description" content={head.description} />}
        {assets.font !== null && (
          <link rel="preload" href={assets.font} as="font" type="font/woff2" crossorigin="anonymous" />
        )}
        <link rel="stylesheet" href={assets.style} />
        <link rel="stylesheet" href={assets.brandStyle} />
        <link rel="icon" href="/brand/icon.svg" type="image/svg+xml" />
        {head.canonical === null ? (
          <meta name="robots" content="noindex" />
        ) : (
          <>
            <link rel="canonical" href={head.canonical} />
            <link rel="alternate" hreflang="en" href={`${shop.publicUrl}${addressOf(path, "en")}`} />
            <link rel="alternate" hreflang="es" href={`${shop.publicUrl}${addressOf(path, "es")}`} />
            <link rel="alternate" hreflang="x-default" href={`${shop.publicUrl}${addressOf(path, "en")}`} />
            <meta property="og:type" content="website" />
            <meta property="og:site_name" content={shop.name} />
            <meta property="og:title" content={head.title} />
            <meta property="og:url" content={head.canonical} />
            <meta property="og:locale" content={language === "es" ? "es_ES" : "en_GB"} />
            {head.description !== null && <meta property="og:description" content={head.description} />}
          </>
        )}
        {assets.preloads.map((href) => (
          <link key={href} rel="modulepreload" href={href} />
        ))}
        {assets.scripts.map((source) => (
          <script key={source} type="module" src={source} />
        ))}
        {head.structured !== null && <Data type="application/ld+json" value={head.structured} />}
      </head>
      <body>
        <div id="page">
          <Page state={state} text={text} />
        </div>
        <noscript>
          <p class="noscript">{text("noscript")}</p>
        </noscript>
        <Data type="application/json" id="state" value={state} />
      </body>
    </html>
  );
}

/** Data that is no program. It cannot end its element, whatever texts are in it. */
function Data({ type, id, value }: { type: string; id?: string; value: object }) {
  const json = JSON.stringify(value).replace(
    /[<>&\u2028\u2029]/g,
    (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
  // biome-ignore lint/security/noDangerouslySetInnerHtml: JSON without a letter that HTML reads
  return <script type={type} id={id} dangerouslySetInnerHTML={{ __html: json }} />;
}
