import { assertNoOpenTransaction } from "../../db/database.js";
import { AppError } from "../../kernel/errors.js";
import type { PaymentEvent, PaymentProvider, PaymentProviderName } from "../../providers/payment/port.js";
import { inCall } from "../../telemetry/spans.js";

/** The providers that this shop has, by name. In production the mock is not among them. */
export interface PaymentProviders {
  /** A name as a client wrote it, in any case. An unknown one is 400. */
  named(text: string): PaymentProvider;
  find(name: string): PaymentProvider | undefined;
  /** For a row of ours; throws when the provider has been taken out of the configuration. */
  of(name: PaymentProviderName): PaymentProvider;
  readonly all: readonly PaymentProvider[];
}

export function makePaymentProviders(providers: readonly PaymentProvider[]): PaymentProviders {
  const all = providers.map(refusingOpenTransactions);
  const find = (name: string): PaymentProvider | undefined => all.find((one) => one.name === name);
  return {
    all,
    find,
    named(text) {
      const provider = find(text.toUpperCase());
      if (provider === undefined) throw new AppError("unsupported_provider", "Unsupported payment provider");
      return provider;
    },
    of(name) {
      const provider = find(name);
      if (provider === undefined) {
        throw new AppError(
          "provider_unavailable",
          `Payments by ${name} cannot be reached right now. Try again later.`,
        );
      }
      return provider;
    },
  };
}

/** No outside call is made while a transaction is open: the call itself refuses. Each is a part of what is traced. */
function refusingOpenTransactions(provider: PaymentProvider): PaymentProvider {
  const call = <Value>(name: string, work: () => Promise<Value>): Promise<Value> => {
    assertNoOpenTransaction(`The payment provider ${provider.name}`);
    return inCall(provider.name, name, work);
  };
  return {
    ...provider,
    createIntent: (command) => call("create intent", () => provider.createIntent(command)),
    fetchIntent: (intentId) => call("fetch intent", () => provider.fetchIntent(intentId)),
    readPayment: (intentId, known) => call("read payment", () => provider.readPayment(intentId, known)),
    findIntentFor: (reference, attempted) =>
      call("find intent", () => provider.findIntentFor(reference, attempted)),
    cancelIntent: (intentId) => call("cancel intent", () => provider.cancelIntent(intentId)),
    refund: (command) => call("refund", () => provider.refund(command)),
    findRefund: (reference) => call("find refund", () => provider.findRefund(reference)),
  };
}

/** Why an event cannot be meant for us, whatever our row says; null when it can. */
export function problemOfEvent(event: PaymentEvent, provider: PaymentProvider): string | null {
  if (event.problem !== null) return event.problem;
  // Events of our own account name none; one that names an account is about a connected one.
  if (event.account !== null && event.account !== provider.account) return "account_differs";
  return null;
}
