import { type Ceiling, type Line, median } from "./report.js";
import { ownStatementOnce, type Stage } from "./stage.js";

/**
 * A line beside what it runs in the database, alone. Last of all, since the codes that this makes can be mailed to
 * nobody.
 */
export function besideOwnStatement(
  stage: Stage,
  lines: readonly Line[],
  { rounds: howOften, count }: { readonly rounds: number; readonly count: number },
): Line[] {
  const own = [
    { prefix: "POST /auth/request-code", kind: "request-code", share: 0.9 },
    { prefix: "POST /payments/webhook", kind: "webhook", share: 0.8 },
  ] as const;
  return own.flatMap(({ prefix, kind, share }) => {
    const line = lines.find(({ name }) => name.startsWith(prefix));
    if (line === undefined) return [];
    const rounds = Array.from({ length: howOften }, (_, round) =>
      ownStatementOnce(stage, kind, `own-${round}`, count),
    );
    const middle = (of: keyof Ceiling): number => median(rounds.map((one) => one[of]));
    const bare = {
      ...line,
      name: `its statement alone: ${prefix}`,
      perSecond: middle("perSecond"),
      p50Millis: middle("p50Millis"),
      p99Millis: middle("p99Millis"),
    };
    const { figure: _, ...plain } = bare;
    return [
      plain,
      {
        ...line,
        name: `${prefix}, again`,
        figure: { atLeast: share * bare.perSecond, words: `${share} of its statement alone` },
      },
    ];
  });
}
