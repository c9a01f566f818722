/* A stand-in for Adyen's script: the part of Drop-in that a shop's page touches. */
(() => {
  const origin = new URL(document.currentScript.src).origin;

  class Dropin {
    constructor(checkout) {
      this.checkout = checkout;
    }

    mount(where) {
      const host = typeof where === "string" ? document.querySelector(where) : where;
      const label = document.createElement("label");
      label.textContent = "Card number ";
      const input = document.createElement("input");
      input.setAttribute("data-fake-adyen", "number");
      input.autocomplete = "off";
      label.append(input);
      host.append(label);
      this.input = input;
      queueMicrotask(() => this.checkout.configuration.onReady?.());
      return this;
    }

    unmount() {
      this.input?.parentElement?.remove();
    }

    async submit() {
      const { session, onPaymentCompleted, onPaymentFailed, onError } = this.checkout.configuration;
      try {
        const answer = await fetch(`${origin}/browser/pay/${session.id}`, {
          method: "POST",
          headers: { "content-type": "application/x-www-form-urlencoded" },
          body: new URLSearchParams({ number: this.input.value }).toString(),
        });
        const result = await answer.json();
        if (result.resultCode === "Authorised") onPaymentCompleted?.(result, this);
        else if (result.resultCode === "Refused") onPaymentFailed?.(result, this);
        else onError?.(Object.assign(new Error(result.message), { name: "ERROR" }), this);
      } catch (error) {
        onError?.(Object.assign(error, { name: "NETWORK_ERROR" }), this);
      }
    }
  }

  window.AdyenWeb = {
    AdyenCheckout: async (configuration) => {
      if (!/^test_|^live_/.test(configuration.clientKey ?? "")) throw new Error("clientKey is missing");
      if (!configuration.session?.sessionData) throw new Error("sessionData is missing");
      return { configuration };
    },
    Dropin,
  };
})();
