import type { DocumentData } from "../../page-contract.js";
import { useAddress } from "../../parts/shop-context.js";
import { useText } from "../../text/text.js";

/** A page of the operator's own words. */
export function DocumentPage({ data }: { data: DocumentData }) {
  const text = useText();
  const address = useAddress();
  return (
    <div class="document">
      {/* biome-ignore lint/security/noDangerouslySetInnerHtml: made on the server from Markdown whose markup is shown as text */}
      <article dangerouslySetInnerHTML={{ __html: data.html }} />
      <nav aria-label={text("doc.more")}>
        <h2>{text("doc.more")}</h2>
        <ul>
          {data.others.map(({ slug, name }) => (
            <li key={slug}>
              <a href={address(slug)}>{name}</a>
            </li>
          ))}
        </ul>
      </nav>
    </div>
  );
}
