/** The programs of the fake's frames: card fields, the wallet's button, the bank's challenge. */
const query = new URLSearchParams(location.search);
const key = query.get("key");
const secret = query.get("secret");
const intentId = secret.split("_secret_")[0];
const tell = (message) => parent.postMessage(message, "*");

/** As the real frames do: form encoded, with the publishable key and the client secret. */
async function post(path, members) {
  try {
    const answer = await fetch(path, {
      method: "POST",
      body: new URLSearchParams({ key, client_secret: secret, ...members }),
    });
    const body = await answer.json();
    return answer.ok ? { paymentIntent: body } : { error: body.error };
  } catch {
    return { error: { type: "api_connection_error", message: "The connection to Stripe was lost." } };
  }
}

const confirm = (returnUrl, members) =>
  post(`/v1/payment_intents/${intentId}/confirm`, { return_url: returnUrl, ...members });

function cardMembers(form) {
  if (form.elements.method.value === "bank_redirect") return { "payment_method_data[type]": "bank_redirect" };
  const number = form.elements.number.value.replace(/\D/g, "");
  if (number.length < 15 || form.elements.expiry.value.length < 4 || form.elements.cvc.value.length < 3)
    return null;
  return { "payment_method_data[type]": "card", "payment_method_data[card][number]": number };
}

const INCOMPLETE = {
  error: { type: "validation_error", code: "incomplete_number", message: "Your card number is incomplete." },
};

const form = document.querySelector("form.card");
if (form !== null) {
  addEventListener("message", async ({ source, data }) => {
    if (source !== parent || data.do !== "confirm") return;
    const members = cardMembers(form);
    const value = members === null ? INCOMPLETE : await confirm(data.returnUrl, members);
    tell({ answerTo: data.ask, value });
  });
  form.addEventListener("change", () => {
    form.querySelector(".fields").hidden = form.elements.method.value !== "card";
  });
  tell({ event: "ready" });
}

const wallet = document.querySelector("button.wallet");
if (document.body.dataset.frame === "wallet") {
  tell({
    event: "ready",
    value: { availablePaymentMethods: wallet === null ? undefined : { applePay: true } },
  });
  wallet?.addEventListener("click", () =>
    tell({ event: "confirm", value: { expressPaymentType: "apple_pay" } }),
  );
  addEventListener("message", async ({ source, data }) => {
    if (source !== parent || data.do !== "confirm") return;
    const members = {
      "payment_method_data[type]": "card",
      "payment_method_data[card][number]": "4242424242424242",
    };
    tell({ answerTo: data.ask, value: await confirm(data.returnUrl, members) });
  });
}

for (const button of document.querySelectorAll("button[data-outcome]")) {
  button.addEventListener("click", async () => {
    const value = await post("/browser/authenticate", { outcome: button.dataset.outcome });
    tell({ event: "done", value });
  });
}
