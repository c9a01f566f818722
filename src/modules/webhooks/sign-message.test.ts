import { verifyWebhook } from "@tribi/client";
import { describe, expect, it } from "vitest";
import { makeWebhookSecret, signMessage } from "./sign-message.js";

describe("a message's signature", () => {
  it("is the one of the sample of Standard Webhooks, and the client verifies it", async () => {
    const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    const parts = {
      id: "msg_p5jXN8AQM9LWM0D4loKWxJek",
      timestamp: 1_614_265_330,
      body: '{"test": 2432232314}',
    };
    const headers = signMessage(parts, [secret]);
    expect(headers["webhook-signature"]).toBe("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    const options = { secrets: [secret], nowMillis: () => 1_614_265_330_000 };
    expect(await verifyWebhook({ body: parts.body, headers }, options)).toEqual({ test: 2_432_232_314 });
  });

  it("is made with both secrets while one replaces the other, and either is enough", async () => {
    const [former, secret] = [makeWebhookSecret(), makeWebhookSecret()];
    const timestamp = Math.floor(Date.now() / 1000);
    const headers = signMessage({ id: "evt_1", timestamp, body: "{}" }, [secret, former]);
    for (const one of [former, secret])
      expect(await verifyWebhook({ body: "{}", headers }, { secrets: [one] })).toEqual({});
    const stranger = { secrets: [makeWebhookSecret()] };
    expect(await verifyWebhook({ body: "{}", headers }, stranger)).toBeUndefined();
  });
});
