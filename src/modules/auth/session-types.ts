export type SessionKind = "both" | "cookie" | "bearer";

export interface SessionState {
  readonly id: number;
  readonly userId: number;
  readonly email: string;
  readonly name: string | null;
  readonly expiresAtMillis: number;
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
