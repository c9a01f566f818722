/** A model of login that is simple enough to be read in one go. Times are seconds; nothing here is concurrent. */

export const LIMITS = {
  codesPerMinute: 1,
  windowSeconds: 60,
  codesPerDay: 3,
  windowHours: 24,
  codesPerAddressPerDay: 7,
  codesPerNetworkPerDay: 9,
  codesPerEmailPerDay: 9,
  codesPerHour: 14,
} as const;
export const OPEN_PER_EMAIL = 4;
export const TTL_MINUTES = 10;
export const TRYING = { attemptsMax: 5, wrongEmailsPerAddress: 3, wrongTriesPerHour: 25 } as const;

const DAY = 86_400;
const QUARTER = 900;

interface Code {
  readonly id: number;
  readonly email: string;
  readonly address: string;
  readonly at: number;
  attempts: number;
  isUsed: boolean;
  isReplaced: boolean;
  backoff: number | undefined;
  blockedUntil: number;
}

interface Try {
  readonly email: string;
  readonly address: string;
  readonly kind: "challenge" | "address" | "elsewhere" | "known";
  readonly codeId: number | undefined;
  readonly at: number;
  /** No code of the e-mail lived, so it could not succeed. */
  readonly isBlind: boolean;
}

interface Session {
  readonly email: string;
  readonly address: string;
  readonly at: number;
  isRevoked: boolean;
  generation: number;
  rotatedAt: number;
}

const mailboxOf = (email: string): string => email.replace(/\+.*@/, "@");
/** The /48 of the test's IPv6 networks; IPv4 has none. */
const wideNetworkOf = (address: string): string | undefined =>
  address.includes(":") ? address.split(":").slice(0, 3).join(":") : undefined;

export function makeLoginModel() {
  let now = 0;
  const codes: Code[] = [];
  const tries: Try[] = [];
  /** When each e-mail was last tried wrongly from a network. */
  const triedEmails = new Map<string, { email: string; address: string; at: number }>();
  const sessions: Session[] = [];

  const isLive = (code: Code): boolean =>
    !code.isUsed && !code.isReplaced && now < code.at + TTL_MINUTES * 60;
  const isKnown = (email: string, address: string): boolean =>
    sessions.some((one) => one.email === email && one.address === address && one.at > now - 90 * DAY);
  const newest = <Row extends { readonly at: number }>(rows: readonly Row[], window: number): Row[] =>
    rows.filter(({ at }) => at > now - window).reverse();
  /** When the n-th newest row leaves the window, or 0. */
  const until = (rows: readonly { readonly at: number }[], window: number, n: number): number => {
    const row = newest(rows, window)[n - 1];
    return row === undefined ? 0 : row.at + window;
  };

  const byTime = <Row extends { readonly at: number }>(rows: Row[]): Row[] =>
    rows.sort((one, other) => one.at - other.at);

  return {
    pass(seconds: number): void {
      now += seconds;
    },

    request(email: string, address: string): "made" | "refused" {
      const pair = codes.filter((code) => code.email === email && code.address === address);
      const [latest] = newest(pair, DAY);
      let refusedUntil = 0;
      if (latest !== undefined) {
        refusedUntil = Math.max(
          until(pair, LIMITS.windowSeconds, LIMITS.codesPerMinute),
          until(pair, DAY, LIMITS.codesPerDay),
          latest.blockedUntil > now ? latest.blockedUntil : 0,
        );
        if (refusedUntil > 0) {
          const first = latest.backoff === undefined;
          const wait = Math.min(900, first ? Math.ceil(refusedUntil - now) : 2 * (latest.backoff ?? 0));
          const blocked = first ? refusedUntil : Math.min(now + wait, latest.at + DAY);
          // A refusal that does not move the end by a second writes nothing.
          if (latest.backoff === undefined || blocked > latest.blockedUntil + 1) {
            latest.backoff = wait;
            latest.blockedUntil = blocked;
          }
        }
      }
      const ofAddress = codes.filter((code) => code.address === address);
      const ofEmail = codes.filter((code) => mailboxOf(code.email) === mailboxOf(email));
      const wide = wideNetworkOf(address);
      const ofNetwork = codes.filter((code) => wide !== undefined && wideNetworkOf(code.address) === wide);
      const quota = isKnown(email, address) ? LIMITS.codesPerEmailPerDay : OPEN_PER_EMAIL;
      refusedUntil = Math.max(
        refusedUntil,
        until(ofAddress, DAY, LIMITS.codesPerAddressPerDay),
        until(ofEmail, DAY, quota),
        isKnown(email, address) ? 0 : until(ofNetwork, DAY, LIMITS.codesPerNetworkPerDay),
        isKnown(email, address) ? 0 : until(codes, 3_600, LIMITS.codesPerHour),
      );
      if (refusedUntil > 0) return "refused";
      for (const code of pair) if (!code.isUsed) code.isReplaced = true;
      const id = codes.length;
      codes.push({
        id,
        email,
        address,
        at: now,
        attempts: 0,
        isUsed: false,
        isReplaced: false,
        backoff: undefined,
        blockedUntil: 0,
      });
      return "made";
    },

    /** `guess` is the id of the code whose digits are sent, or undefined for wrong ones. */
    verify(
      email: string,
      address: string,
      challengeOf: number | undefined,
      guess: number | undefined,
    ): "accepted" | "wrong" | "refused" {
      const live = codes.filter((code) => code.email === email && isLive(code));
      const ofEmail = tries.filter((one) => one.email === email);
      const ofPair = ofEmail.filter(
        (one) => one.address === address && (one.kind === "challenge" || one.kind === "address"),
      );
      let kind: Try["kind"];
      let candidates: Code[];
      let isUsedUp: boolean;
      const challenged = live.find(({ id }) => id === challengeOf);
      const asked = live.find((code) => code.address === address);
      if (challengeOf !== undefined && challenged === undefined) return "wrong";
      if (challenged !== undefined) {
        kind = "challenge";
        candidates = [challenged];
        const ofChallenge = ofEmail.filter((one) => one.kind === kind && one.codeId === challenged.id);
        isUsedUp = until(ofChallenge, DAY, TRYING.attemptsMax) > 0 || until(ofPair, DAY, 10) > 0;
      } else if (asked !== undefined) {
        kind = "address";
        candidates = [asked];
        isUsedUp = until(ofPair, QUARTER, 5) > 0 || until(ofPair, DAY, 10) > 0;
      } else {
        kind = isKnown(email, address) ? "known" : "elsewhere";
        candidates = live.reverse().slice(0, 3);
        const ofKind = ofEmail.filter((one) => one.kind === kind);
        isUsedUp = until(ofKind, QUARTER, 5) > 0 || until(ofKind, DAY, 20) > 0;
      }
      if (kind !== "challenge") {
        const ofAddress = [...triedEmails.values()].filter((one) => one.address === address);
        const compared = tries.filter((one) => !one.isBlind);
        isUsedUp ||= until(byTime(ofAddress), DAY, TRYING.wrongEmailsPerAddress) > 0;
        isUsedUp ||= until(compared, 3_600, TRYING.wrongTriesPerHour) > 0;
      }
      const [only] = candidates;
      if ((kind === "challenge" || kind === "address") && only !== undefined) {
        const challenged = ofEmail.filter((one) => one.kind === "challenge");
        const hasLeft = isKnown(email, address) || only.attempts < TRYING.attemptsMax;
        isUsedUp ||= !hasLeft && until(challenged, DAY, 50) > 0;
      }
      if (isUsedUp) return "refused";
      const match = candidates.find(({ id }) => id === guess);
      if (match === undefined) {
        const code = kind === "challenge" || kind === "address" ? candidates[0] : undefined;
        if (code !== undefined) code.attempts += 1;
        const isBlind = candidates.length === 0;
        if (!(isBlind && kind === "known")) {
          tries.push({ email, address, kind, codeId: code?.id, at: now, isBlind });
        }
        triedEmails.set(`${address} ${email}`, { email, address, at: now });
        return "wrong";
      }
      match.isUsed = true;
      sessions.push({ email, address, at: now, isRevoked: false, generation: 0, rotatedAt: -1_000 });
      return "accepted";
    },

    refresh(session: number, generation: number): "granted" | "revoked" {
      const found = sessions[session]!;
      if (found.isRevoked || now >= found.at + 30 * DAY) return "revoked";
      if (generation === found.generation) {
        found.generation += 1;
        found.rotatedAt = now;
        return "granted";
      }
      if (generation === found.generation - 1 && now < found.rotatedAt + 10) return "granted";
      found.isRevoked = true;
      return "revoked";
    },

    logOut(session: number): void {
      sessions[session]!.isRevoked = true;
    },

    isAlive(session: number): boolean {
      const found = sessions[session]!;
      return !found.isRevoked && now < found.at + 30 * DAY;
    },

    sessionCount: (): number => sessions.length,
    generationOf: (session: number): number => sessions[session]!.generation,
    codeCount: (): number => codes.length,
  };
}
