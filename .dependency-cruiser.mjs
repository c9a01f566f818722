/**
 * The arrows of ARCHITECTURE.md. A rule's comment is what a person reads when it breaks.
 * Modules import only to the left of: jobs, mail < auth, catalog, settings < payments, esims, access < supply < orders < webhooks < admin.
 */
const MODULE_ORDER = [
  ["jobs"],
  ["mail"],
  ["auth", "catalog", "settings"],
  ["payments", "esims", "access"],
  ["supply"],
  ["orders"],
  ["webhooks"],
  ["admin", "storefront", "console"],
];

const frontDoor = (name) => `^src/modules/${name}/([a-z-]+\\.module|[a-z-]+-read-model)\\.ts$`;

/** For each module: it may not see modules of its own rank or further right, and others only by their front door. */
const moduleRules = MODULE_ORDER.flatMap((names, rank) =>
  names.flatMap((name) => {
    const left = MODULE_ORDER.slice(0, rank).flat();
    const forbidden = MODULE_ORDER.flat().filter((other) => other !== name && !left.includes(other));
    const rules = [];
    if (forbidden.length > 0) {
      rules.push({
        name: `${name}-imports-left-only`,
        comment:
          "Modules import only to the left; the other direction is an event that compose/modules.ts routes.",
        severity: "error",
        from: { path: `^src/modules/${name}/` },
        to: { path: `^src/modules/(${forbidden.join("|")})/` },
      });
    }
    if (left.length > 0) {
      rules.push({
        name: `${name}-uses-front-doors`,
        comment: "Another module is entered by its front door (*.module.ts) or its read model.",
        severity: "error",
        from: { path: `^src/modules/${name}/`, pathNot: "\\.test\\.ts$" },
        to: {
          path: `^src/modules/(${left.join("|")})/`,
          pathNot: left.map(frontDoor),
        },
      });
    }
    return rules;
  }),
);

export default {
  forbidden: [
    {
      name: "packages-know-no-program",
      comment: "packages/ are libraries of their own: they work without src/.",
      severity: "error",
      from: { path: "^packages/" },
      to: { path: "^(src|web|tests)/" },
    },
    {
      name: "packages-have-one-door",
      comment: "The program enters a package by its name.",
      severity: "error",
      from: { path: "^src/" },
      to: {
        path: "^packages/",
        pathNot: "^packages/(embedded-postgres/src/embedded-postgres\\.ts$|fakes/src/)",
      },
    },
    {
      name: "kernel-is-a-leaf",
      comment: "kernel/ imports nothing else of ours.",
      severity: "error",
      from: { path: "^src/kernel/", pathNot: "\\.test\\.ts$" },
      to: { path: "^src/", pathNot: "^src/kernel/" },
    },
    {
      name: "states-are-leaves",
      comment: "*-state.ts files are pure tables; they import kernel at most.",
      severity: "error",
      from: { path: "-state\\.ts$" },
      to: { path: "^src/", pathNot: "^src/kernel/" },
    },
    {
      name: "config-is-a-leaf",
      severity: "error",
      from: { path: "^src/config/", pathNot: "\\.test\\.ts$" },
      to: { path: "^src/", pathNot: "^src/(kernel|config)/" },
    },
    {
      name: "db-knows-no-feature",
      severity: "error",
      from: { path: "^src/db/" },
      to: { path: "^src/(http|providers|modules|app|main)" },
    },
    {
      name: "http-knows-no-feature",
      severity: "error",
      from: { path: "^src/http/" },
      to: { path: "^src/(modules|providers|app|main)" },
    },
    {
      name: "providers-know-no-feature",
      severity: "error",
      from: { path: "^src/providers/" },
      to: { path: "^src/(modules|http|db|app|main)" },
    },
    {
      name: "only-app-names-adapters",
      comment: "Modules know ports; adapters are named by compose/ alone.",
      severity: "error",
      from: { path: "^src/(modules|http|db|config|kernel|telemetry)/", pathNot: "\\.test\\.ts$" },
      to: { path: "^src/providers/", pathNot: "(port|/formats/.+)\\.ts$" },
    },
    {
      name: "production-knows-no-fake",
      comment: "Fake servers are separate processes: only their own command and tests import them.",
      severity: "error",
      from: {
        path: "^src/",
        pathNot: "\\.test\\.ts$",
      },
      to: { path: "^packages/fakes/|^tests/" },
    },
    {
      name: "routes-do-not-touch-stores",
      comment: "Routes call use cases; SQL lives in stores and read models.",
      severity: "error",
      from: { path: "^src/modules/.+/routes/" },
      to: {
        path: "^src/(db/|modules/.+-store\\.ts$)",
        // A route may hand a Db on to a read model; only its type is needed for that.
        dependencyTypesNot: ["type-only"],
      },
    },
    {
      name: "nobody-imports-the-root",
      severity: "error",
      from: { path: "^src/", pathNot: "^src/(main|app|compose/.+|commands/.+)\\.ts$" },
      to: { path: "^src/((main|app)\\.ts$|compose/)" },
    },
    ...moduleRules,
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    exclude: { path: "(^|/)dist/" },
    tsConfig: { fileName: "tsconfig.json" },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      extensions: [".ts", ".js", ".json"],
      exportsFields: ["exports"],
      conditionNames: ["import", "node", "types"],
    },
  },
};
