import type { FastifyRequest } from "fastify";
import { AppError } from "../kernel/errors.js";
import type { Permission, Role } from "../kernel/permissions.js";

/** How far a session is in for operators' work. Times are the database's, at most some seconds old. */
export interface OperatorState {
  /** "none": it was not used for it yet. */
  readonly session: "none" | "live" | "over";
  /** The person has a second factor. */
  readonly hasFactor: boolean;
  /** It was shown in this session. */
  readonly isShown: boolean;
  /** It was shown a moment ago. */
  readonly isFresh: boolean;
  /** The time of last use is to be written. */
  readonly isTouchDue: boolean;
}

/** The person behind a request, as the session guard found them. */
export interface Caller {
  readonly userId: number;
  readonly sessionId: string;
  readonly email: string;
  readonly name: string | null;
  /** Has any permission of an operator. */
  readonly isAdmin: boolean;
  /** Null for customers. */
  readonly role: Role | null;
  readonly permissions: ReadonlySet<Permission>;
  readonly credential: "cookie" | "bearer" | "key";
  /** The API key that acts in the person's name. */
  readonly keyId?: number;
  /** On routes of operators, of a person. */
  readonly operator?: OperatorState;
}

const callers = new WeakMap<FastifyRequest, Caller>();

/** Only the session guard calls this. */
export function setCaller(request: FastifyRequest, caller: Caller): void {
  callers.set(request, caller);
}

/** Who is calling, as far as is known: also of a request that is refused afterwards. */
export const findCaller = (request: FastifyRequest): Caller | undefined => callers.get(request);

/** Who is calling. Routes with access "user" or "admin" always have a caller. */
export function callerOf(request: FastifyRequest): Caller {
  const caller = callers.get(request);
  if (caller === undefined) throw new AppError("missing_credentials", "Missing credentials");
  return caller;
}
