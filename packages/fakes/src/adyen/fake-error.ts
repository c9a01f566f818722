/** An error as Adyen's APIs answer (docs.adyen.com/development-resources/error-codes). */
export class FakeAdyenError extends Error {
  override readonly name = "FakeAdyenError";

  constructor(
    readonly status: number,
    readonly errorCode: string,
    message: string,
    readonly errorType: "validation" | "security" | "internal" = "validation",
  ) {
    super(message);
  }

  get body(): object {
    return {
      status: this.status,
      errorCode: this.errorCode,
      message: this.message,
      errorType: this.errorType,
    };
  }
}

export const invalid = (errorCode: string, message: string): FakeAdyenError =>
  new FakeAdyenError(422, errorCode, message);
