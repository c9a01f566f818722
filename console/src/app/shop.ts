const root = document.getElementById("root");

/** What the server wrote into the document. */
export const shop = {
  name: root?.dataset.shop ?? "",
  /** In development mail goes to the inbox of the store. */
  hasInbox: root?.dataset.inbox === "true",
};

/** Style elements are allowed with the nonce of this very document only; browsers hide the attribute from scripts. */
export const styleNonce = document.querySelector<HTMLLinkElement>("link[rel=stylesheet]")?.nonce ?? "";

export function rootElement(): HTMLElement {
  if (root === null) throw new Error("The document has no root");
  return root;
}
