import { SAMPLE } from "../../mail/mail.module.js";
import type { EsimRow } from "../esim-read-model.js";
import type { InstallSecrets } from "../install-secrets.js";

/** An invented eSIM for samples of mails and pages: no network knows its codes. */
export const SAMPLE_ESIM: EsimRow = {
  id: 1,
  order_id: 1,
  user_id: 1,
  order_status: "paid",
  was_not_paid_in_time: false,
  plan_id: 1,
  status: "ready",
  is_take_back_requested: false,
  was_revoked: false,
  sealed: null,
  iccid: "8900000000000000001",
  supplier: "sample",
  created_at: SAMPLE.at,
  provisioned_at: SAMPLE.at,
  expires_at: SAMPLE.until,
  install_by: SAMPLE.until,
  ended_at: null,
  revealed_at: null,
  validity_starts: "first_use",
  has_ended: false,
  language: null,
  plan_snapshot: {
    name: SAMPLE.plan,
    country_id: 1,
    carrier_id: 1,
    country_name: SAMPLE.country,
    country_iso2: SAMPLE.iso2,
    data_gb: 5,
    is_unlimited: false,
    duration_days: 30,
  },
  usage_total_bytes: 5_000_000_000,
  usage_remaining_bytes: 1_200_000_000,
  usage_base: 1_000,
  usage_as_of: SAMPLE.at,
};

export const SAMPLE_SECRETS: InstallSecrets = {
  activationCode: "00000000-0000-4000-8000-000000000000",
  smdpAddress: "smdp.example.com",
  matchingId: "SAMPLE-CODE-INSTALLS-NOTHING",
  confirmationCode: "0000",
  isConfirmationCodeRequired: true,
  activationCodeText: "1$smdp.example.com$SAMPLE-CODE-INSTALLS-NOTHING",
  qrPayload: "LPA:1$smdp.example.com$SAMPLE-CODE-INSTALLS-NOTHING",
  installLinks: null,
  apn: null,
  iccidAsGiven: "8900000000000000001",
  warnings: [],
};
