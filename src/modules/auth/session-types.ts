import type { OperatorState } from "../../http/caller.js";
import type { Role } from "../../kernel/permissions.js";

export type SessionKind = "both" | "cookie" | "bearer";

export interface SessionState {
  readonly id: number;
  readonly userId: number;
  readonly email: string;
  readonly name: string | null;
  readonly expiresAtMillis: number;
}

/** What is remembered of a session while it lives. */
export interface LiveSession extends SessionState {
  /** In the shop's administration, by its team; null for customers. */
  readonly role: Role | null;
  readonly operator: OperatorState;
}

export interface SessionLine {
  readonly id: number;
  readonly sid: string;
  readonly created_at: string;
  readonly last_used_at: string;
  readonly expires_at: string;
  readonly ip_address: string | null;
  readonly user_agent: string | null;
}
