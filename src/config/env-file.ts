import type { ConfigProblem } from "./variables.js";

const ASSIGNMENT = /^\s*(?:export\s+)?([\w.-]+)(?:\s*=|:\s)(.*)$/;
/** One quoted value, and at most a comment behind it. */
const QUOTED = /^(["'`])(?:\\\1|(?!\1).)*\1\s*(?:#.*)?$/;

/**
 * What a `.env` file says and its parser would quietly read otherwise: a `#` inside an unquoted password cuts it, a
 * quote that is not closed swallows lines, an escape in double quotes becomes a line break. Each with what to write
 * instead. Never quotes a value.
 */
export function envFileProblems(text: string): ConfigProblem[] {
  return text.split(/\r\n|\n|\r/).flatMap((line, index) => lineProblem(line, index + 1) ?? []);
}

function lineProblem(line: string, number: number): ConfigProblem | undefined {
  if (/^\s*(#.*)?$/.test(line)) return undefined;
  const [, name, value = ""] = ASSIGNMENT.exec(line) ?? [];
  if (name === undefined) {
    return { name: `.env line ${number}`, message: "is neither NAME=value nor a comment that begins with #" };
  }
  const message = /^\s*["'`]/.test(value) ? quotedProblem(value.trim()) : unquotedProblem(value);
  return message === undefined ? undefined : { name, message: `${message} (.env line ${number})` };
}

function quotedProblem(value: string): string | undefined {
  if (!QUOTED.test(value)) {
    return "begins with a quote that does not end the value; put the whole value into one pair of quotes of a kind that it does not hold";
  }
  return /^"[^"]*\\[nr]/.test(value)
    ? "holds \\n or \\r in double quotes, which would become a line break; use single quotes"
    : undefined;
}

/** A comment has a blank on both sides of its `#`; any other `#` may be a part of the value. */
function unquotedProblem(value: string): string | undefined {
  const at = value.indexOf("#");
  if (at === -1 || (/\s/.test(value.charAt(at - 1)) && /^#(\s|#|$)/.test(value.slice(at)))) return undefined;
  return "holds a # outside quotes, and what follows it would be lost; put the value into single quotes, or a blank on both sides of the # if a comment begins there";
}
