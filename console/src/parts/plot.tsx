import { useLanguage } from "../text/text.js";

export interface PlotLine {
  readonly label: string;
  readonly look: "plain" | "dashed" | "bad";
  readonly points: readonly { readonly at: number; readonly value: number | null }[];
}

interface PlotProps {
  readonly title: string;
  /** Milliseconds since 1970. */
  readonly from: number;
  readonly until: number;
  /** How far apart points are; a line is broken where some are missing. */
  readonly stepMillis: number;
  /** From the ground up, one behind the other; else lines. */
  readonly isBars?: boolean;
  readonly lines: readonly PlotLine[];
  readonly format: (value: number) => string;
  readonly formatTime: (at: number) => string;
}

const WIDTH = 1_000;
const HEIGHT = 100;

/**
 * A plot over time. Its name says in words what it shows at most, least and last; whoever needs each number has the
 * table beside it. The picture is stretched to its place, so strokes keep their width whatever that is.
 */
export function Plot({ title, lines, format, formatTime, ...frame }: PlotProps) {
  const { text } = useLanguage();
  const all = lines.flatMap(({ points }) => points.flatMap(({ value }) => (value === null ? [] : [value])));
  const most = Math.max(...all);
  // A line of zeros lies on the ground.
  const top = most > 0 ? most : 1;
  const said = lines.flatMap(({ label, points }) => {
    const values = points.flatMap(({ value }) => (value === null ? [] : [value]));
    if (values.length === 0) return [];
    return [
      text("plots.said", {
        label,
        least: format(Math.min(...values)),
        most: format(Math.max(...values)),
        last: format(values.at(-1) ?? 0),
      }),
    ];
  });
  return (
    <figure className="plot">
      <figcaption>
        <span>{title}</span>
        {lines.length > 1 &&
          lines.map(({ label, look }) => (
            <span key={label} className={`key ${look}`}>
              {label}
            </span>
          ))}
      </figcaption>
      <div className="scale">
        <span>{format(most)}</span>
        <span>{format(0)}</span>
      </div>
      <svg
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={`${title}. ${said.join(" ")}`}
      >
        {lines.map(({ label, look, points }) => (
          <path
            key={label}
            className={`${frame.isBars === true ? "bar" : "line"} ${look}`}
            d={frame.isBars === true ? barsOf(points, frame, top) : pathOf(points, frame, top)}
          />
        ))}
      </svg>
      <div className="times">
        <span>{formatTime(frame.from)}</span>
        <span>{formatTime(frame.until)}</span>
      </div>
    </figure>
  );
}

type Frame = Pick<PlotProps, "from" | "until" | "stepMillis">;

const across = (at: number, { from, until }: Frame): number =>
  Math.min(WIDTH, Math.max(0, ((at - from) / (until - from)) * WIDTH));
const round = (value: number): number => Math.round(value * 10) / 10;

function barsOf(points: PlotLine["points"], frame: Frame, top: number): string {
  return points
    .filter(({ value }) => value !== null && value > 0)
    .map(({ at, value }) => {
      const [left, right] = [across(at, frame), across(at + frame.stepMillis * 0.9, frame)];
      const height = ((value ?? 0) / top) * HEIGHT;
      return `M${round(left)} ${HEIGHT}V${round(HEIGHT - height)}H${round(Math.max(right, left + 2))}V${HEIGHT}Z`;
    })
    .join("");
}

/** A point without neighbours is a dot: a stroke without length, with round ends. */
function pathOf(points: PlotLine["points"], frame: Frame, top: number): string {
  let last: number | null = null;
  return points
    .flatMap(({ at, value }) => {
      if (value === null) {
        last = null;
        return [];
      }
      const goesOn = last !== null && at - last <= frame.stepMillis * 1.5;
      last = at;
      const x = round(across(at + frame.stepMillis / 2, frame));
      const y = round(HEIGHT - (value / top) * HEIGHT);
      return [goesOn ? `L${x} ${y}` : `M${x} ${y}h0`];
    })
    .join("");
}
