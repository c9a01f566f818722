import type { ComponentChildren } from "preact";
import { addressOf } from "../addresses.js";
import { useText } from "../text/text.js";
import { UserIcon } from "./icons.js";
import { useAddress, usePage } from "./shop-context.js";

/** What stands around every page. */
export function Frame({ children, isQuiet = false }: { children: ComponentChildren; isQuiet?: boolean }) {
  const text = useText();
  return (
    <>
      <a class="skip" href="#content">
        {text("nav.skip")}
      </a>
      <Header isQuiet={isQuiet} />
      <main id="content" tabIndex={-1}>
        {children}
      </main>
      <Footer />
    </>
  );
}

function Header({ isQuiet }: { isQuiet: boolean }) {
  const text = useText();
  const address = useAddress();
  const { shop, language, path, currency, asked } = usePage();
  const other = language === "en" ? "es" : "en";
  return (
    <header class="bar">
      <a class="brand" href={address("/")}>
        {shop.logo === null ? <Mark /> : <img src={shop.logo} alt="" height="32" />}
        <span>{shop.name}</span>
      </a>
      <nav aria-label={text("nav.site")}>
        {!isQuiet && <CurrencyChoice />}
        <a
          class="nav-link"
          href={addressOf(path, other, currency, asked)}
          hreflang={other}
          lang={other}
          data-language={other}
        >
          <span class="wide">{text("nav.language")}</span>
          <span class="narrow" aria-hidden="true">
            {other.toUpperCase()}
          </span>
        </a>
        <a class="nav-link account" href={address("/account")}>
          <UserIcon />
          <span class="wide">{text("nav.account")}</span>
        </a>
      </nav>
    </header>
  );
}

/** Without a logo: a card with three bars of signal, in the shop's colour. */
function Mark() {
  return (
    <svg class="mark" viewBox="0 0 32 32" width="32" height="32" aria-hidden="true">
      <rect width="32" height="32" rx="9" />
      <path d="M9 21v-4M16 21v-8M23 21V9" />
    </svg>
  );
}

/** A form, so that it works without script; with script a choice is enough. */
function CurrencyChoice() {
  const text = useText();
  const { shop, language, path, currency, asked } = usePage();
  if (shop.currencies.length < 2) return null;
  const chosen = currency ?? shop.defaultCurrency;
  return (
    <form class="currency" method="get" action={addressOf(path, language)}>
      {asked.map(([name, value]) => (
        <input key={`${name} ${value}`} type="hidden" name={name} value={value} />
      ))}
      <select
        name="currency"
        aria-label={text("nav.currency")}
        onChange={(event) => event.currentTarget.form?.submit()}
      >
        {[...new Set([...shop.currencies, chosen])].map((one) => (
          <option key={one} value={one} selected={one === chosen}>
            {one}
          </option>
        ))}
      </select>
      <noscript>
        <button type="submit">{text("nav.change")}</button>
      </noscript>
    </form>
  );
}

function Footer() {
  const text = useText();
  const address = useAddress();
  const { shop } = usePage();
  return (
    <footer class="foot">
      <nav aria-label={text("foot.site")}>
        <a href={address("/help")}>{text("foot.help")}</a>
        <a href={address("/legal/terms")}>{text("foot.terms")}</a>
        <a href={address("/legal/refunds")}>{text("foot.refunds")}</a>
        <a href={address("/legal/privacy")}>{text("foot.privacy")}</a>
        {shop.supportEmail !== null && <a href={`mailto:${shop.supportEmail}`}>{text("foot.contact")}</a>}
      </nav>
      <p>{text("foot.legal", { year: new Date().getUTCFullYear(), name: shop.legalName ?? shop.name })}</p>
      {shop.isDevelopment && (
        <p class="developers">
          {text("foot.developers")}: <a href="/docs">{text("foot.reference")}</a>{" "}
          <a href="/openapi.json">openapi.json</a> <a href="/dev/inbox">{text("foot.inbox")}</a>
        </p>
      )}
    </footer>
  );
}
