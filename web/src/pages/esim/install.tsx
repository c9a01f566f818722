import type { Schemas } from "@tribi/client";
import { useEffect, useState } from "preact/hooks";
import { canKeep, dropCopy, keepCopy, keptAt } from "../../offline/copies.js";
import { Notice } from "../../parts/notice.js";
import { dateText } from "../../text/format.js";
import { guideOf } from "../../text/install-texts.js";
import { useLanguage, useText } from "../../text/text.js";

type Esim = Schemas["Esim"];

/** Everything to install one eSIM: the way for this phone first. */
export function Install({ esim }: { esim: Esim }) {
  const { code, text } = useLanguage();
  const guide = guideOf(code, esim);
  const platform = platformOf(navigator.userAgent);
  const links = esim.install_links;
  const platforms =
    platform === "android" ? (["android", "iphone"] as const) : (["iphone", "android"] as const);
  return (
    <>
      <Keep id={esim.id} />
      <div class="install">
        <section class="card">
          <h2>{text(platform === null ? "esim.scan_first" : "esim.install")}</h2>
          {links !== null && platform !== null && (
            <>
              <a class="button large" href={platform === "iphone" ? links.apple : links.android}>
                {text(platform === "iphone" ? "esim.install_iphone" : "esim.install_android")}
              </a>
              <p class="small">{text("esim.tap_hint")}</p>
              <h3>{text("esim.scan")}</h3>
            </>
          )}
          <div class="qr">
            <img src={`/esims/${esim.id}/qr.png`} alt={text("esim.qr")} width="264" height="264" />
          </div>
          <p class="small">{text("esim.qr_hint")}</p>
        </section>
        <section class="card">
          <h2>{text("esim.manual")}</h2>
          <Codes esim={esim} />
        </section>
      </div>
      <section class="guide">
        <h2>{guide.before.title}</h2>
        <ul>
          {guide.before.lines.map((line) => (
            <li key={line}>{line}</li>
          ))}
        </ul>
        {platforms.map((name, index) => (
          <details key={name} open={index === 0}>
            <summary>{guide[name].title}</summary>
            <ul>
              {guide[name].lines.map((line) => (
                <li key={line}>{line}</li>
              ))}
            </ul>
          </details>
        ))}
        <details>
          <summary>{guide.arrival.title}</summary>
          <ul>
            {guide.arrival.lines.map((line) => (
              <li key={line}>{line}</li>
            ))}
          </ul>
        </details>
      </section>
    </>
  );
}

function Codes({ esim }: { esim: Esim }) {
  const text = useText();
  const rows = [
    { name: text("esim.smdp"), value: esim.smdp_address },
    { name: text("esim.activation"), value: esim.matching_id === "" ? null : esim.matching_id },
    { name: text("esim.confirmation"), value: esim.confirmation_code, isOptional: true },
    { name: text("esim.whole"), value: esim.qr_payload },
    { name: text("esim.iccid"), value: esim.iccid },
  ];
  return (
    <dl class="codes">
      {rows.map(({ name, value, isOptional }) =>
        value === null && isOptional === true ? null : (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value === null ? text("esim.none") : <Copied name={name} value={value} />}</dd>
          </div>
        ),
      )}
    </dl>
  );
}

function Copied({ name, value }: { name: string; value: string }) {
  const text = useText();
  const [isCopied, setCopied] = useState(false);
  return (
    <>
      <code>{value}</code>
      <button
        type="button"
        class="button quiet small"
        aria-label={`${text("esim.copy")}: ${name}`}
        onClick={() => void navigator.clipboard.writeText(value).then(() => setCopied(true))}
      >
        {text(isCopied ? "esim.copied" : "esim.copy")}
      </button>
    </>
  );
}

/** The copy for the airport, made only when it is asked for. */
function Keep({ id }: { id: number }) {
  const { code, text } = useLanguage();
  const [kept, setKept] = useState<string | null>(null);
  const [hasFailed, setFailed] = useState(false);
  const [isOffline, setOffline] = useState(false);
  useEffect(() => void keptAt(id).then(setKept), [id]);
  useEffect(() => {
    // The browser may believe that it is connected; this address is answered by the store alone.
    fetch("/health/live", { cache: "no-store" }).then(
      () => setOffline(false),
      () => setOffline(true),
    );
  }, [id]);
  const keep = async (): Promise<void> => {
    setFailed(false);
    try {
      await keepCopy(id);
      setKept(await keptAt(id));
    } catch {
      await dropCopy(id);
      setFailed(true);
    }
  };
  const drop = async (): Promise<void> => {
    await dropCopy(id);
    setKept(null);
  };
  return (
    <div class="keep">
      {kept !== null && isOffline && (
        <Notice kind="info">{text("esim.offline", { date: dateText(kept, code) })}</Notice>
      )}
      {kept === null ? (
        <p>
          <button type="button" class="button quiet" onClick={() => void keep()} disabled={!canKeep()}>
            {text("esim.keep")}
          </button>{" "}
          <span class="small">{text(canKeep() ? "esim.keep_hint" : "esim.keep_failed")}</span>
        </p>
      ) : (
        <p role="status">
          {text("esim.kept")}{" "}
          <button type="button" class="link" onClick={() => void drop()}>
            {text("esim.unkeep")}
          </button>
        </p>
      )}
      {hasFailed && <Notice kind="bad">{text("esim.keep_failed")}</Notice>}
    </div>
  );
}

/** Null on a computer, where the QR code comes first. */
function platformOf(userAgent: string): "iphone" | "android" | null {
  if (/iPhone/.test(userAgent)) return "iphone";
  return /Android/.test(userAgent) ? "android" : null;
}
