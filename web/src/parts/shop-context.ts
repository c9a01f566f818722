import { createContext } from "preact";
import { useContext } from "preact/hooks";
import { addressOf, type QueryMembers } from "../addresses.js";
import type { PageLanguage, ShopInfo } from "../page-contract.js";

export interface PageContext {
  readonly shop: ShopInfo;
  readonly language: PageLanguage;
  /** Without the language's prefix. */
  readonly path: string;
  readonly currency: string | null;
  /** What the address asks beside the currency. */
  readonly asked: QueryMembers;
  /** Of regions, where the catalogue's name is another. */
  readonly regionNames: Readonly<Record<string, string>>;
}

const nothing = null as unknown as PageContext;

export const PageContext = createContext<PageContext>(nothing);
export const usePage = (): PageContext => useContext(PageContext);

/** Makes addresses in the page's language and currency. */
export function useAddress(): (path: string) => string {
  const { language, currency } = usePage();
  return (path) => addressOf(path, language, currency);
}
