/** Sliding-window limits of a fake, off until a test switches them on. */
export interface FakeLimits {
  isEnforced: boolean;
  /** Seconds to wait, or null when the call may pass (and is counted). */
  hit(bucket: string, callsMax: number, windowSeconds: number): number | null;
}

export function makeFakeLimits(nowMillis: () => number): FakeLimits {
  const hits = new Map<string, number[]>();
  return {
    isEnforced: false,
    hit(bucket, callsMax, windowSeconds) {
      if (!this.isEnforced) return null;
      const since = nowMillis() - windowSeconds * 1000;
      const recent = (hits.get(bucket) ?? []).filter((at) => at > since);
      const oldest = recent[0];
      if (recent.length >= callsMax && oldest !== undefined) return Math.ceil((oldest - since) / 1000);
      hits.set(bucket, [...recent, nowMillis()]);
      return null;
    },
  };
}
