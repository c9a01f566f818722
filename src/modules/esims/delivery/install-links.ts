import type { Db } from "../../../db/database.js";
import { limitedError } from "../../../http/rate-limit.js";
import { AppError } from "../../../kernel/errors.js";
import { findEsim, findEsimOf } from "../esim-read-model.js";
import type { ShowEsim, ShownEsim } from "../show-esims.js";
import { hashOfLinkSecret, installUrl, makeLinkSecret } from "./link-secret.js";
import {
  findInstallLink,
  type InstallLink,
  LINKS_PER_HOUR_MAX,
  makeLinkOfOwner,
  waitForLink,
} from "./link-store.js";

export type FoundLink =
  | { readonly kind: "live"; readonly link: InstallLink }
  /** There never was such a link. */
  | { readonly kind: "unknown" }
  /** There was one; it is expired or revoked, or its eSIM cannot be installed any more. */
  | { readonly kind: "over"; readonly link: InstallLink };

export interface OpenedLink {
  readonly link: InstallLink;
  readonly row: ShownEsim["row"];
  readonly secrets: NonNullable<ShownEsim["secrets"]>;
}

export type InstallLinks = ReturnType<typeof makeInstallLinks>;

/** Links to the page of one eSIM: making one, looking at one, and opening one, which shows the code. */
export function makeInstallLinks(deps: { db: Db; showEsim: ShowEsim; publicUrl: string }) {
  const { db, showEsim, publicUrl } = deps;

  const find = async (secret: string): Promise<FoundLink> => {
    const hash = hashOfLinkSecret(secret);
    const link = hash === null ? undefined : await findInstallLink(db, hash);
    if (link === undefined) return { kind: "unknown" };
    return { kind: link.is_live ? "live" : "over", link };
  };

  return {
    find,

    /** Shows the code and records who saw it. */
    async open(secret: string, requestId: string): Promise<FoundLink | ({ kind: "open" } & OpenedLink)> {
      const found = await find(secret);
      if (found.kind !== "live") return found;
      const { link } = found;
      const asRead = await findEsim(db, link.profile_id);
      if (asRead === undefined) return { kind: "over", link };
      const actor = `link:${link.id}`;
      const viewer = { actor, sessionId: actor, channel: "page", requestId } as const;
      const { row, secrets } = await showEsim(asRead, viewer);
      // Taken back since the link was read.
      if (secrets === null || row.order_status !== "paid") return { kind: "over", link };
      return { kind: "open", link, row, secrets };
    },

    /** A new link for the owner. The address is answered once and kept nowhere. */
    async make(wanted: { profileId: number; userId: number; requestId: string }) {
      const { secret, hash } = makeLinkSecret();
      const made = await db.transaction(async (tx) => {
        const seconds = await waitForLink(tx, wanted);
        if (seconds !== undefined) throw tooManyLinks(seconds);
        return makeLinkOfOwner(tx, { ...wanted, secretHash: hash });
      });
      if (made !== undefined) return { url: installUrl(publicUrl, secret), expiresAt: made.expires_at };
      const row = await findEsimOf(db, wanted.userId, wanted.profileId);
      if (row === undefined) throw new AppError("not_found", "eSIM not found");
      throw new AppError(
        "conflict",
        "There is nothing to install now, so no link was made. The eSIM's status says why.",
      );
    },
  };
}

const tooManyLinks = (retrySeconds: number): AppError =>
  limitedError(
    "rate_limited",
    { name: "links_per_hour", quota: LINKS_PER_HOUR_MAX, windowSeconds: 3600, retrySeconds },
    "Too many links were made for this eSIM; the newest ones work.",
  );
