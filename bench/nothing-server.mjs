/**
 * The built server with one more route, which asks who is calling and does nothing: what `GET /auth/me` is compared
 * with. Arguments and environment as `tribi serve`.
 */
const dist = new URL("../dist/", import.meta.url);
const [{ startApp }, { readConfig }, { makeLog }] = await Promise.all(
  ["app.js", "config/config.js", "telemetry/log.js"].map((file) => import(new URL(file, dist))),
);
const config = readConfig();
const app = await startApp({
  config,
  databaseUrl: config.database.url,
  log: makeLog(config.log),
  roles: { api: true, worker: false },
  extraRoutes: (server) => {
    server.get("/bench/nothing", { config: { access: "user", isInternal: true } }, async () => ({
      ok: true,
    }));
  },
});
process.once("SIGTERM", () => void app.stop().then(() => process.exit(0)));
