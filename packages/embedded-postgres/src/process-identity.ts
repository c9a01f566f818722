import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { systemErrorCode } from "./error.js";

/**
 * A process told apart from a later one with the same number: number, start time, boot of the machine, and the
 * process-number space (a container has its own, in which the same number is somebody else).
 */
export interface ProcessIdentity {
  readonly pid: number;
  /** In the platform's own unit; only ever compared for equality. Empty where the platform does not tell. */
  readonly startedAt: string;
  readonly bootId: string;
  readonly pidSpace: string;
}

export type Liveness = "alive" | "dead" | "elsewhere";

export function identifySelf(): ProcessIdentity {
  return { pid: process.pid, startedAt: readStart(process.pid) ?? "", ...readPlace() };
}

/** "elsewhere": the process belongs to another boot, machine or container, so its number says nothing here. */
export function livenessOf(identity: ProcessIdentity): Liveness {
  const here = readPlace();
  if (identity.bootId !== here.bootId || identity.pidSpace !== here.pidSpace) return "elsewhere";
  if (!numberIsTaken(identity.pid)) return "dead";
  const startedAt = readStart(identity.pid);
  // Unreadable (a /proc that hides other users' processes): the taken number is all we know, so be careful.
  if (startedAt === undefined || identity.startedAt === "") return "alive";
  return startedAt === identity.startedAt ? "alive" : "dead";
}

/** Whether a process has this number now; EPERM means it has, and belongs to someone else. */
export function numberIsTaken(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !isZombie(pid);
  } catch (error) {
    return systemErrorCode(error) === "EPERM";
  }
}

/** A killed process that its parent has not collected yet holds nothing any more. */
function isZombie(pid: number): boolean {
  const state = readStat(pid)?.[0];
  return state === "Z" || state === "X";
}

function readStart(pid: number): string | undefined {
  if (process.platform === "linux") return readStat(pid)?.[19];
  if (process.platform === "win32") return "";
  return readCommandColumn(pid, "lstart");
}

/** The fields of /proc/<pid>/stat from the third (state) on; the command before them may hold blanks and brackets. */
function readStat(pid: number): string[] | undefined {
  if (process.platform !== "linux") return undefined;
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "utf8");
    return text.slice(text.lastIndexOf(")") + 2).split(" ");
  } catch {
    return undefined;
  }
}

function readPlace(): { bootId: string; pidSpace: string } {
  if (process.platform !== "linux") return { bootId: "", pidSpace: "" };
  try {
    return {
      bootId: readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim(),
      pidSpace: readlinkSync("/proc/self/ns/pid"),
    };
  } catch {
    return { bootId: "", pidSpace: "" };
  }
}

/** The command line, its words separated by NUL where the platform keeps them apart; undefined when there is none. */
export function readCommandLine(pid: number): string | undefined {
  if (process.platform === "linux") {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, "utf8");
    } catch {
      return undefined;
    }
  }
  return process.platform === "win32" ? undefined : readCommandColumn(pid, "command");
}

/** The numbers of all processes that this user can see; none where the platform does not tell. */
export function listProcesses(): number[] {
  if (process.platform === "linux") {
    return readdirSync("/proc").map(Number).filter(Number.isInteger);
  }
  if (process.platform === "win32") return [];
  return runPs(["-ax", "-o", "pid="]).split("\n").map(Number).filter(Boolean);
}

function readCommandColumn(pid: number, column: string): string | undefined {
  return runPs(["-ww", "-o", `${column}=`, "-p", String(pid)]).trim() || undefined;
}

/** Its output, or nothing when there is no such process or no ps. */
function runPs(args: string[]): string {
  try {
    return execFileSync("ps", args, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
  } catch {
    return "";
  }
}
