import { createHash } from "node:crypto";

/** The shop window's colours (web/src/style.css), in a page that asks no server for anything. */
export const PAGE_STYLE = `
:root{--paper:#f7f3ea;--card:#fffdf8;--ink:#14302e;--quiet:#556b68;--line:#d9d1bf;--deep:#123c3a;--on-deep:#fdf6e6;
--sun:#f6b352;--act:#0b6158;--on-act:#fff;--bad:#8c1d18;color-scheme:light dark}
@media (prefers-color-scheme:dark){:root{--paper:#0d1f1e;--card:#152b29;--ink:#eef3ea;--quiet:#a3b8b3;--line:#2b4643;
--deep:#0a4944;--act:#7fd3c4;--on-act:#0d1f1e;--bad:#f2b8b5}}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:1rem/1.5 system-ui,sans-serif;-webkit-text-size-adjust:100%}
main{max-width:34rem;margin:0 auto;padding:1rem}
header{background:var(--deep);color:var(--on-deep);border-radius:1rem;border-bottom:.4rem solid var(--sun);padding:1.25rem;margin-bottom:1.25rem}
.brand{margin:0 0 .25rem;font-weight:800;letter-spacing:-.02em}
h1{margin:0;font-size:1.6rem;line-height:1.2;overflow-wrap:break-word}
h2,summary{font-size:1.15rem;font-weight:700;line-height:1.3}
h2{margin:0 0 .5rem}
section,details{background:var(--card);border:1px solid var(--line);border-radius:1rem;padding:1rem;margin:0 0 1rem}
summary{cursor:pointer;min-height:1.5rem}
details ul{margin-top:.75rem}
ul{margin:0;padding-left:1.25rem}
li+li{margin-top:.4rem}
.main{display:block;width:100%;margin:0 0 .6rem;padding:.85rem 1rem;border:0;border-radius:.75rem;background:var(--act);
color:var(--on-act);font:inherit;font-weight:700;text-align:center;text-decoration:none;cursor:pointer}
.facts{margin:0 0 1rem;padding:0 .25rem}
.facts div{display:flex;gap:1rem;justify-content:space-between;padding:.3rem 0;border-bottom:1px solid var(--line)}
.facts dt{color:var(--quiet)}
.facts dd{margin:0;font-weight:600;text-align:right;overflow-wrap:anywhere}
.quiet{color:var(--quiet);font-size:.9rem;margin:.6rem 0 0}
.warning{border:2px solid var(--bad);border-radius:.75rem;padding:.75rem 1rem;color:var(--bad);font-weight:600}
.qr{margin:0;text-align:center}
.qr img{width:min(18rem,100%);height:auto;background:#fff;padding:.5rem;border-radius:.75rem;border:1px solid var(--line);image-rendering:pixelated}
.label{margin:.75rem 0 .25rem;color:var(--quiet);font-size:.9rem}
.code{display:flex;gap:.5rem;align-items:stretch;margin:0}
.code code{flex:1;min-width:0;padding:.65rem .75rem;border:1px solid var(--line);border-radius:.6rem;background:var(--paper);
font:1rem/1.4 ui-monospace,Menlo,Consolas,monospace;overflow-wrap:anywhere;-webkit-user-select:all;user-select:all}
.code button{min-width:4.5rem;min-height:2.75rem;border:1px solid var(--act);border-radius:.6rem;background:transparent;color:var(--act);font:inherit;font-weight:600;cursor:pointer}
:focus-visible{outline:3px solid var(--sun);outline-offset:2px}
`;

/** Only for the copy buttons; everything else works without script. */
export const PAGE_SCRIPT = `
if(navigator.clipboard)for(const button of document.querySelectorAll("button[data-copy]")){
button.hidden=false;
button.addEventListener("click",async()=>{
const said=document.getElementById("said");
try{await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent);
said.textContent=button.dataset.said;}catch{getSelection().selectAllChildren(document.getElementById(button.dataset.copy));}
});}
`;

const sourceOf = (text: string): string => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;

/** Exactly these two texts run or style anything, the QR picture is in the page, and nothing is fetched. */
export const INSTALL_PAGE_POLICY = [
  "default-src 'none'",
  `style-src ${sourceOf(PAGE_STYLE)}`,
  `script-src ${sourceOf(PAGE_SCRIPT)}`,
  "img-src data:",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join("; ");
