/**
 * What js.stripe.com would serve: defines window.Stripe with the members that a shop like ours uses. Card fields are in
 * a frame of the fake's own origin, which confirms with the publishable key and the client secret.
 */

{
  const origin = new URL(document.currentScript.src).origin;
  let count = 0;

  /** A frame of the fake, and a way to ask it something. */
  function openFrame(path, target, height) {
    const frame = document.createElement("iframe");
    const waiting = new Map();
    const listeners = [];
    frame.src = origin + path;
    frame.title = path.includes("challenge") ? "Bank" : "Secure payment input frame";
    frame.style.cssText = `border:0;width:100%;height:${height}px;color-scheme:normal`;
    addEventListener("message", ({ origin: from, source, data }) => {
      if (from !== origin || source !== frame.contentWindow) return;
      if (data.answerTo !== undefined) waiting.get(data.answerTo)?.(data.value);
      else for (const listener of listeners) listener(data);
    });
    target.append(frame);
    return {
      frame,
      listen: (listener) => listeners.push(listener),
      ask: (message) =>
        new Promise((resolve) => {
          count += 1;
          waiting.set(count, resolve);
          frame.contentWindow.postMessage({ ...message, ask: count }, origin);
        }),
    };
  }

  function makeElement(type, group) {
    const handlers = new Map();
    const emit = (name, value) => {
      for (const handler of handlers.get(name) ?? []) handler(value);
    };
    const element = {
      on(name, handler) {
        handlers.set(name, [...(handlers.get(name) ?? []), handler]);
        return element;
      },
      mount(target) {
        const place = typeof target === "string" ? document.querySelector(target) : target;
        const path = type === "payment" ? "/browser/card" : "/browser/wallet";
        const query = new URLSearchParams({
          key: group.key,
          secret: group.clientSecret,
          locale: group.locale,
        });
        element.opened = openFrame(`${path}?${query}`, place, type === "payment" ? 330 : 56);
        element.opened.listen(({ event, value }) => {
          if (event === "confirm") group.wallet = true;
          emit(event, value);
        });
      },
      unmount: () => element.opened?.frame.remove(),
      destroy: () => element.opened?.frame.remove(),
      update: () => undefined,
    };
    group.elements[type] = element;
    return element;
  }

  /** The bank's page over the shop's, as 3-D Secure has it. */
  async function challenge(group, intent) {
    const cover = document.createElement("div");
    cover.style.cssText = "position:fixed;inset:0;z-index:99;background:rgb(0 0 0 / 50%);padding:8vh 1rem";
    const query = new URLSearchParams({ key: group.key, secret: group.clientSecret });
    const opened = openFrame(`/browser/challenge?${query}`, cover, 360);
    document.body.append(cover);
    const result = await new Promise((resolve) =>
      opened.listen(({ event, value }) => event === "done" && resolve(value)),
    );
    cover.remove();
    return result ?? { paymentIntent: intent };
  }

  window.Stripe = function Stripe(key) {
    return {
      registerAppInfo: () => undefined,
      _registerWrapper: () => undefined,
      elements({ clientSecret, locale = "en" }) {
        const group = { key, clientSecret, locale, elements: {}, wallet: false };
        return {
          create: (type) => makeElement(type, group),
          getElement: (type) => group.elements[type] ?? null,
          submit: async () => ({}),
          update: () => undefined,
          group,
        };
      },
      async confirmPayment({ elements, confirmParams = {}, redirect = "always" }) {
        const { group } = elements;
        const returnUrl = confirmParams.return_url;
        const by = group.wallet ? group.elements.expressCheckout : group.elements.payment;
        group.wallet = false;
        let result = await by.opened.ask({ do: "confirm", returnUrl });
        const action = result.paymentIntent?.next_action;
        if (action?.type === "redirect_to_url") {
          location.assign(action.redirect_to_url.url);
          return new Promise(() => undefined);
        }
        if (action?.type === "use_stripe_sdk") result = await challenge(group, result.paymentIntent);
        if (result.error === undefined && redirect !== "if_required") {
          location.assign(returnUrl);
          return new Promise(() => undefined);
        }
        return result;
      },
    };
  };
  window.Stripe.version = "fake";
}
