import { randomUUID } from "node:crypto";
import type { FakeEsim, Ledger } from "../supplier/ledger.js";
import type { FakeLimits } from "../supplier/limits.js";
import { deliver, type WebhookMode } from "../supplier/webhook-sender.js";
import { esimAccessTime, esimStatusOf, smdpStatusOf, tranNoOf } from "./fake-bodies.js";
import type { FakeEsimAccessShapes } from "./fake-shapes.js";

/** What the fake tells by itself. */
export interface FakeEsimAccessSettings extends FakeEsimAccessShapes {
  webhookMode: WebhookMode;
  webhookUrl: string | null;
  /** Days after the purchase in which an eSIM has to be used first. */
  unusedValidDays: number;
}

export interface World {
  readonly ledger: Ledger;
  readonly limits: FakeLimits;
  readonly settings: FakeEsimAccessSettings;
  readonly timers: Set<NodeJS.Timeout>;
}

/** ORDER_STATUS goes out before the answer, or when the profile becomes ready, or never. */
export async function announce(world: World, esim: FakeEsim): Promise<void> {
  const { ledger, settings, timers } = world;
  if (settings.webhookUrl === null || settings.webhookMode === "never") return;
  const body = eventBody("ORDER_STATUS", esim, world);
  if (settings.webhookMode === "before_answer") {
    esim.readyAtMillis = 0;
    await tell(world, body);
    return;
  }
  if (esim.readyAtMillis === null) return;
  const copies = settings.webhookMode === "twice" ? 2 : 1;
  const timer = setTimeout(
    () => {
      timers.delete(timer);
      for (let copy = 0; copy < copies; copy += 1) tell(world, body).catch(() => undefined);
    },
    Math.max(0, esim.readyAtMillis - ledger.nowMillis()),
  );
  timers.add(timer);
}

export async function tell({ ledger, settings }: World, body: string): Promise<void> {
  if (settings.webhookUrl !== null) await deliver(ledger, { url: settings.webhookUrl, body, headers: {} });
}

export function eventBody(notifyType: string, esim: FakeEsim, { ledger, settings }: World): string {
  const order = ledger.orderOf(esim);
  const named = { orderNo: order.id, transactionId: order.reference };
  const about = { ...named, esimTranNo: tranNoOf(esim), iccid: esim.iccid };
  const usage = { totalVolume: esim.totalBytes, orderUsage: esim.usedBytes };
  const content: Record<string, object> = {
    ORDER_STATUS: { ...named, orderStatus: "GOT_RESOURCE" },
    ESIM_STATUS: { ...about, ...usage, esimStatus: esimStatusOf(esim), smdpStatus: smdpStatusOf(esim) },
    SMDP_EVENT: { ...about, smdpStatus: smdpStatusOf(esim), seqNumber: 1, notifyStatus: "Executed-Success" },
    DATA_USAGE: { ...about, ...usage, remain: esim.totalBytes - esim.usedBytes, remainThreshold: 0.25 },
    VALIDITY_USAGE: { ...about, remain: 1, totalDuration: 7, durationUnit: "DAY" },
  };
  return JSON.stringify({
    notifyType,
    ...(settings.hasNotifyId
      ? { notifyId: randomUUID(), eventGenerateTime: esimAccessTime(ledger.nowMillis(), settings) }
      : {}),
    content: content[notifyType] ?? named,
  });
}
