/**
 * Builds the program: every file under src/ becomes its twin under dist/, so that a stack trace, a relative
 * path and a migration file mean the same in both trees. With --all the pages under web/ and the console
 * are built as well.
 */
import { spawnSync } from "node:child_process";
import { chmodSync, cpSync, existsSync, readdirSync, rmSync } from "node:fs";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const source = path.join(root, "src");
const target = path.join(root, "dist");

const files = readdirSync(source, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => path.join(entry.parentPath, entry.name));

/**
 * What lies in dist/vendor instead of node_modules. typebox comes as 679 small files, all of which are read at every
 * start: as one file it makes a start about half a second of computing shorter. Our own packages come along with
 * the program, because no registry has them.
 */
const VENDORED = {
  typebox: "typebox.js",
  "typebox/value": "typebox.js",
  "@tribi/client": "client/client.js",
  "@tribi/embedded-postgres": "embedded-postgres/embedded-postgres.js",
};

const IMPORTS = new RegExp(`( from |\\bimport\\()"(${Object.keys(VENDORED).join("|")})"`, "g");

const vendored = {
  name: "vendored",
  setup({ onLoad }) {
    onLoad({ filter: /\.ts$/ }, async ({ path: file }) => {
      const vendor = path.relative(path.dirname(file), path.join(source, "vendor")).replaceAll(path.sep, "/");
      const folder = vendor.startsWith(".") ? vendor : `./${vendor}`;
      const text = await readFile(file, "utf8");
      return {
        contents: text.replaceAll(IMPORTS, (_, before, name) => `${before}"${folder}/${VENDORED[name]}"`),
        loader: "ts",
      };
    });
  },
};

const twins = {
  platform: "node",
  format: "esm",
  target: "node20",
  sourcemap: "linked",
  sourcesContent: false,
};

/** The library without its command. */
const sourcesOf = (folder) =>
  readdirSync(path.join(root, folder))
    .filter((name) => name !== "main.ts")
    .map((name) => path.join(root, folder, name));

rmSync(target, { recursive: true, force: true });
await build({
  stdin: {
    contents: 'export { Type } from "typebox"; export { Value } from "typebox/value";',
    resolveDir: root,
  },
  outfile: path.join(target, "vendor", "typebox.js"),
  bundle: true,
  platform: "node",
  format: "esm",
  target: "node20",
  logLevel: "warning",
});
await build({
  ...twins,
  plugins: [vendored],
  entryPoints: files.filter((file) => file.endsWith(".ts") && !file.endsWith(".test.ts")),
  outdir: target,
  outbase: source,
  logLevel: "warning",
});
await build({
  ...twins,
  entryPoints: sourcesOf("packages/embedded-postgres/src"),
  outdir: path.join(target, "vendor", "embedded-postgres"),
  logLevel: "warning",
});
await build({
  ...twins,
  entryPoints: [path.join(root, "client/src/client.ts")],
  outdir: path.join(target, "vendor", "client"),
  bundle: true,
  logLevel: "warning",
});
for (const file of files.filter((name) => !name.endsWith(".ts"))) {
  cpSync(file, path.join(target, path.relative(source, file)), { recursive: true });
}
const entry = path.join(target, "main.js");
if (existsSync(entry)) chmodSync(entry, 0o755);

if (process.argv.includes("--all")) {
  // An installed program has both built already, and no sources of them.
  for (const workspace of ["web", "console"].filter((name) =>
    existsSync(path.join(root, name, "vite.config.ts")),
  )) {
    const result = spawnSync("npm", ["run", "build", "--workspace", workspace, "--silent"], {
      cwd: root,
      stdio: "inherit",
    });
    if (result.status !== 0) process.exit(result.status ?? 1);
  }
}
