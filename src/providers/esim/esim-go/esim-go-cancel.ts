import { done } from "../../../kernel/outcome.js";
import { recordOf, textOf } from "../json.js";
import { refusal } from "../outcomes.js";
import type { CancelResult, EsimRef, SupplierAnswer, SupplierOutcome, SupplierRefused } from "../port.js";
import { isDefiniteNo } from "../refusal-port.js";
import type { EsimGoClient } from "./esim-go-client.js";
import { type Assignment, isOfOrder } from "./esim-go-esims.js";

/** The bundles of an eSIM; `not_found` only when it has left the account. */
export type ReadAssignments = (iccid: string) => Promise<SupplierAnswer<readonly Assignment[]>>;

/**
 * Revokes the order's own assignment. It is validated first: a revoke without refund would destroy what the customer
 * has and give nothing back. An eSIM that has no bundle left and is not installed leaves the account at once, so after
 * a lost answer being gone is the proof of the revoke. Whether the value came back is known from the answer's words
 * alone: without the account manager's switch the same status 200 says "revoked" and no more.
 */
export async function cancelEsimGo(
  client: EsimGoClient,
  readAssignments: ReadAssignments,
  esim: EsimRef & { readonly iccid: string },
): Promise<SupplierOutcome<CancelResult>> {
  const before = await ownAssignment(readAssignments, esim);
  if (before.kind !== "done") return before;
  if (before.value === "gone") return done({ result: "revoked", why: "the eSIM has left the account" });
  const { state, bundleName, id } = before.value;
  if (state === "revoked") return done({ result: "revoked", why: "the bundle is revoked already" });
  const bundle = `/esims/${encodeURIComponent(esim.iccid)}/bundles/${encodeURIComponent(bundleName)}`;
  const path = `${bundle}/assignments/${encodeURIComponent(id)}`;
  const check = await client.check("DELETE", path, { query: { type: "validate" } });
  if (check.kind === "refused") return afterRefusal(readAssignments, esim, check);
  const outcome = await client.submit("DELETE", path, { query: { type: "transaction" } });
  if (outcome.kind === "refused") return afterRefusal(readAssignments, esim, outcome);
  return outcome.kind === "done" ? resultOf(outcome.value) : outcome;
}

/** Somebody may have revoked it between our look and our call; then the no is about a second time. */
async function afterRefusal(
  readAssignments: ReadAssignments,
  esim: EsimRef & { readonly iccid: string },
  refused: SupplierRefused,
): Promise<SupplierOutcome<CancelResult>> {
  if (!isDefiniteNo(refused.reason)) return refused;
  const now = await ownAssignment(readAssignments, esim);
  if (now.kind !== "done") return now;
  const isGone = now.value === "gone" || now.value.state === "revoked";
  return done(
    isGone
      ? { result: "revoked", why: "revoked before this call" }
      : { result: "impossible", why: refused.detail },
  );
}

async function ownAssignment(
  readAssignments: ReadAssignments,
  esim: EsimRef & { readonly iccid: string },
): Promise<SupplierAnswer<Assignment | "gone">> {
  const answer = await readAssignments(esim.iccid);
  if (answer.kind === "refused") return answer.reason === "not_found" ? done("gone") : answer;
  const own = answer.value.find((entry) => isOfOrder(entry, esim.supplierOrderId));
  return own ? done(own) : refusal("not_found", "no bundle of this order on the eSIM");
}

/** "Successfully Revoked Bundle, bundle has been refunded to inventory" is the vendor's sample. */
function resultOf(body: unknown): SupplierOutcome<CancelResult> {
  const { status, message } = recordOf(body);
  const words = textOf(status) ?? textOf(message);
  if (words === null) return { kind: "unknown", cause: "a revoke was answered without words" };
  const isPaid = /\b(refunded|credited)\b/i.test(words) && !/\b(not|no|without)\b/i.test(words);
  return done(isPaid ? { result: "refunded" } : { result: "revoked", why: "no refund in the answer" });
}
