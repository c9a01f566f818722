/**
 * Owns: what operators change while the shop runs (settings, setting_changes).
 * Promises: a change counts in every process within five seconds, without a query per request; one outside its bounds
 *   changes nothing; of two operators who saw the same value one is refused; who, when, why and what was before is kept.
 *   A process that cannot reach the database keeps the last values.
 * Never: a secret, or the address of a service; these stay in the environment.
 */
import type { Server } from "../../http/server.js";
import { makeCurrentSetting } from "./current-setting.js";
import { type ManageSettingsDeps, makeManageSettings } from "./manage-settings.js";
import { registerSettings } from "./routes/settings.js";

export function makeSettingsModule(deps: ManageSettingsDeps) {
  const settings = makeManageSettings(deps);
  return {
    jobs: { handlers: {} },
    registerRoutes: (app: Server): void => registerSettings(app, settings),
  };
}

export { makeCurrentSetting };
