import { ADYEN_DEFECTS } from "./adyen.js";
import { ALARM_DEFECTS } from "./alarms.js";
import { CARE_DEFECTS } from "./care.js";
import { CATALOGUE } from "./catalogue.js";
import { CHAIN_DEFECTS } from "./chains.js";
import { CONSOLE } from "./console.js";
import type { Defect } from "./defect.js";
import { DELIVERY } from "./delivery.js";
import { LARGE_REFUND_DEFECTS } from "./large-refunds.js";
import { LEASE_DEFECTS } from "./leases.js";
import { LEGACY_IMPORT } from "./legacy-import.js";
import { LOGIN } from "./login.js";
import { MAIL_DEFECTS } from "./mails.js";
import { MIGRATIONS } from "./migrations.js";
import { MONEY } from "./money.js";
import { OPERATION } from "./operation.js";
import { OPERATOR_DEFECTS } from "./operators.js";
import { PROVIDER_EVENT_DEFECTS } from "./provider-events.js";
import { PURCHASES } from "./purchases.js";
import { REFUND_DEFECTS } from "./refunds.js";
import { RESTORED_BACKUP_DEFECTS } from "./restored-backups.js";
import { SECOND_FACTOR_DEFECTS } from "./second-factors.js";
import { SESSION_DEFECTS } from "./sessions.js";
import { SETTING_DEFECTS } from "./settings.js";
import { STOREFRONT_DEFECTS } from "./storefront.js";
import { SUPPLIER_DEFECTS } from "./suppliers.js";
import { SUPPLY_DEFECTS } from "./supply.js";
import { WEBHOOK_DEFECTS } from "./webhooks.js";

export const DEFECTS: readonly Defect[] = [
  ...MONEY,
  ...REFUND_DEFECTS,
  ...LARGE_REFUND_DEFECTS,
  ...PROVIDER_EVENT_DEFECTS,
  ...ADYEN_DEFECTS,
  ...PURCHASES,
  ...LEASE_DEFECTS,
  ...CHAIN_DEFECTS,
  ...RESTORED_BACKUP_DEFECTS,
  ...LOGIN,
  ...SESSION_DEFECTS,
  ...SECOND_FACTOR_DEFECTS,
  ...DELIVERY,
  ...MAIL_DEFECTS,
  ...ALARM_DEFECTS,
  ...CATALOGUE,
  ...LEGACY_IMPORT,
  ...MIGRATIONS,
  ...CONSOLE,
  ...OPERATION,
  ...OPERATOR_DEFECTS,
  ...SETTING_DEFECTS,
  ...STOREFRONT_DEFECTS,
  ...SUPPLIER_DEFECTS,
  ...SUPPLY_DEFECTS,
  ...CARE_DEFECTS,
  ...WEBHOOK_DEFECTS,
].sort((a, b) => a.number - b.number);
