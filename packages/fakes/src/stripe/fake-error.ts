/** An answer of Stripe's that is an error (docs.stripe.com/api/errors). */
export class FakeStripeError extends Error {
  override readonly name = "FakeStripeError";

  constructor(
    readonly status: number,
    readonly body: {
      readonly type: string;
      readonly message: string;
      readonly code?: string;
      readonly decline_code?: string;
      readonly param?: string;
      readonly payment_intent?: unknown;
    },
  ) {
    super(body.message);
  }
}

export function invalidRequest(
  message: string,
  over: { code?: string; param?: string; payment_intent?: unknown } = {},
): FakeStripeError {
  return new FakeStripeError(400, { type: "invalid_request_error", message, ...over });
}

export function missing(what: string, id: string, param = "id"): FakeStripeError {
  return new FakeStripeError(404, {
    type: "invalid_request_error",
    code: "resource_missing",
    message: `No such ${what}: '${id}'`,
    param,
  });
}
