import { createHash, randomBytes } from "node:crypto";

/** 256 random bits; what is stored is their hash, which needs no key since nobody can guess them. */
export const makeInvitationToken = (): string => randomBytes(32).toString("base64url");

const TOKEN = /^[A-Za-z0-9_-]{43}$/;

/** Undefined for what cannot be a token. */
export const hashInvitationToken = (token: string): Buffer | undefined =>
  TOKEN.test(token) ? createHash("sha256").update(`team invitation ${token}`).digest() : undefined;
