import { hydrate } from "preact";
import { Page, type PageState, textOf } from "../page.js";
import "../style/style.css";

export function readState(): PageState {
  return JSON.parse(document.getElementById("state")?.textContent ?? "{}") as PageState;
}

/** The chosen language is asked for again on the next visit of the bare address. */
export function rememberLanguage(): void {
  document.addEventListener("click", (event) => {
    const link = event.target instanceof Element ? event.target.closest("[data-language]") : null;
    const language = link?.getAttribute("data-language");
    // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is missing in two of three browsers
    if (language) document.cookie = `tribi_language=${language}; Path=/; Max-Age=31536000; SameSite=Lax`;
  });
}

/** Takes the server's page over, so that the search and the choices work. */
export function startShop(texts: Readonly<Record<string, string>>): void {
  const state = readState();
  const root = document.getElementById("page");
  if (root === null) return;
  rememberLanguage();
  hydrate(<Page state={state} text={textOf(texts, state.language)} />, root);
}
