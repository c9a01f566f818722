import type { AnswerOf } from "@tribi/client";

export type Me = AnswerOf<"getAdminMe">;
export type AdminOrder = AnswerOf<"getAdminOrder">;
export type Customer = AnswerOf<"getCustomer">;
export type EsimDetail = AnswerOf<"getAdminEsim">;
export type PaymentDetail = AnswerOf<"getAdminPayment">;
export type RefundPreview = AnswerOf<"previewRefund">;
export type Summary = AnswerOf<"getSummary">;
