import type { ComponentChildren } from "preact";
import { askedOf } from "./addresses.js";
import type { PageData, PageRequest } from "./page-contract.js";
import { Destination } from "./pages/destination/destination.js";
import { DocumentPage } from "./pages/document/document-page.js";
import { Landing } from "./pages/landing/landing.js";
import { MockPayment } from "./pages/mock-payment/mock-payment.js";
import { ProblemPage } from "./pages/problem/problem.js";
import { Trips } from "./pages/trips/trips.js";
import { Frame } from "./parts/frame.js";
import { PageContext } from "./parts/shop-context.js";
import { LanguageContext, makeText, type Text } from "./text/text.js";

/** What the browser needs of the request to draw the same page again. */
export type PageState = Pick<PageRequest, "path" | "language" | "currency" | "shop" | "data">;

export function textOf(texts: Readonly<Record<string, string>>, language: string): Text {
  return makeText(texts, language);
}

/** The frame and what the server knows of the page; the app's own pages are its children. */
export function Page({
  state,
  text,
  children,
}: {
  state: PageState;
  text: Text;
  children?: ComponentChildren;
}) {
  const { data } = state;
  const regionNames = data.kind === "app" ? data.regionNames : {};
  return (
    <PageContext.Provider value={{ ...state, asked: askedOf(data), regionNames }}>
      <LanguageContext.Provider value={{ code: state.language, text }}>
        <Frame isQuiet={data.kind === "app" || data.kind === "mock-payment"}>
          {children ?? <Content data={data} />}
        </Frame>
      </LanguageContext.Provider>
    </PageContext.Provider>
  );
}

function Content({ data }: { data: PageData }) {
  switch (data.kind) {
    case "landing":
      return <Landing data={data} />;
    case "destination":
      return <Destination data={data} />;
    case "trips":
      return <Trips data={data} />;
    case "document":
      return <DocumentPage data={data} />;
    case "problem":
      return <ProblemPage data={data} />;
    case "mock-payment":
      return <MockPayment data={data} />;
    case "app":
      return <div class="app-shell" />;
  }
}
