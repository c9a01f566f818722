import { ADYEN_FAULTS, ADYEN_OPERATIONS } from "@tribi/fakes/adyen/fake-faults";
import type { FakeAdyen } from "@tribi/fakes/adyen/fake-server";
import type { Random } from "./random.js";
import type { PaymentScript } from "./script.js";
import type { World } from "./world.js";

/** A session that somebody pays, and its amount. */
interface Session {
  readonly intentId: string;
  readonly amountMinor: number;
}

/** The payer acts at Adyen. What it refuses in its present state did not happen. */
export function payAtAdyen({ adyen, openAtAdyen }: World, script: PaymentScript, session: Session): void {
  const { control } = adyen;
  attempt(() => {
    const isUnheard = script.deed.kind !== "none" && script.deed.when === "unheard";
    // Without any notification only the reports tell of it. Of what was done in the same moment a success that arrives
    // alone would be believed, and rightly.
    if (isUnheard || script.heard?.length === 0) control.mute(session.intentId);
    if (!script.pays) {
      control.decline(session.intentId);
      return;
    }
    const { pspReference } = control.approve(session.intentId);
    if (script.copies === 3) control.approveAgain(session.intentId);
    if (isUnheard) openAtAdyen.push(...happen(adyen, script, pspReference, session));
  });
}

/** What happens in the Customer Area or at the payer's bank after the shop has heard of the payment. */
export function payLaterAtAdyen(
  { adyen, openAtAdyen }: World,
  script: PaymentScript,
  session: Session,
): void {
  if (script.deed.kind === "none" || script.deed.when !== "later") return;
  attempt(() => {
    const payment = adyen
      .ledger()
      .payments.find(({ sessionId, status }) => sessionId === session.intentId && status === "authorised");
    if (payment !== undefined) openAtAdyen.push(...happen(adyen, script, payment.pspReference, session));
  });
}

function happen(
  { control }: FakeAdyen,
  { deed }: PaymentScript,
  pspReference: string,
  { amountMinor }: Session,
): (() => void)[] {
  if (deed.kind === "none") return [];
  if (deed.kind === "refund") {
    control.refund(pspReference, deed.part === "all" ? amountMinor : Math.ceil(amountMinor / 2));
    return [];
  }
  if (deed.isInquiry) {
    control.dispute(pspReference, "REQUEST_FOR_INFORMATION");
    return [];
  }
  const { pspReference: dispute } = control.dispute(pspReference, "CHARGEBACK");
  if (deed.end === "lost") return [];
  const reverse = (): void => {
    control.dispute(pspReference, "CHARGEBACK_REVERSED", dispute);
  };
  if (deed.closesLate) return [reverse];
  reverse();
  return [];
}

/** Whatever was under way at Adyen comes to its end, and the day's reports are made. */
export function endWhatIsOpenAtAdyen({ adyen, openAtAdyen }: World): void {
  for (const end of openAtAdyen.splice(0)) attempt(end);
  adyen.control.makeReports();
}

/** What goes wrong at Adyen in this round. */
export function plantAdyenFaults({ adyen: { control } }: World, random: Random): string[] {
  const planted: string[] = [];
  for (let script = random.integer(3); script > 0; script -= 1) {
    const operation = random.pick([...ADYEN_OPERATIONS, "*"] as const);
    const fault = random.pick(ADYEN_FAULTS);
    // Silence is waited out for ten seconds: once is enough of it.
    const times = fault.startsWith("timeout_") ? 1 : 1 + random.integer(3);
    control.fault({ operation, fault, times, delayMillis: 1_500 });
    planted.push(`adyen ${fault} of ${operation}`);
  }
  control.shapes({
    refundReference: random.pick(["refund", "refund", "payment"] as const),
    disputesNameNoPayment: random.chance(0.3),
    bare: random.chance(0.3),
    announcesCaptures: random.chance(0.3),
    batch: 1 + random.integer(3),
    reversalReference: random.pick(["refund", "own"] as const),
    reasonNull: random.chance(0.3),
    pricing: random.pick(["blended", "interchange++"] as const),
    modificationColumn: random.pick([
      "Modification Psp Reference",
      "Modification PSP Reference",
      "Psp Modification Reference",
      "Modification Reference",
    ] as const),
  });
  control.webhooks({
    off: random.chance(0.1),
    copies: 1 + random.integer(2),
    delayMillis: random.chance(0.3) ? random.integer(1_500) : 0,
  });
  return planted;
}

export function healAdyen(world: World): void {
  world.adyen.control.clearFaults();
  world.adyen.control.shapes({ batch: 1 });
  // What waits for more of its kind goes out.
  void world.adyen.control.webhooksSettled();
  world.adyen.control.webhooks({ off: false, copies: 1, delayMillis: 0 });
  endWhatIsOpenAtAdyen(world);
}

function attempt(work: () => unknown): void {
  try {
    work();
  } catch {
    // The fake says no, as Adyen would.
  }
}
