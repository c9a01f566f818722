import type { AnswerOf } from "@tribi/client";

export type AdminOrder = AnswerOf<"getAdminOrder"> & Partial<OrderMore>;

interface OrderMore {
  readonly payments: readonly {
    readonly id: number;
    readonly status: string;
    readonly provider: string;
    readonly currency: string;
    readonly captured_minor_units: number;
    readonly refunded_minor_units: number;
    readonly created_at: string;
  }[];
  readonly refunds: readonly {
    readonly id: number;
    readonly status: string;
    readonly reason: string;
    readonly currency: string;
    readonly amount_minor_units: number;
    readonly created_at: string;
  }[];
  readonly previous_order_id: number | null;
  readonly next_order_id: number | null;
}

export type Me = AnswerOf<"getAdminMe">;

export interface RefundPreview {
  readonly currency: string;
  readonly refundable_minor_units: number;
  readonly amount_minor_units: number;
  readonly is_whole: boolean;
  readonly refusal: string | null;
  readonly needs_accept_loss: boolean;
  readonly needs_second_person: boolean;
  readonly sentences: readonly string[];
}

export interface Summary {
  readonly attention: readonly {
    readonly kind: string;
    readonly count: number;
    readonly is_capped: boolean;
    readonly oldest_at: string | null;
  }[];
  readonly disputes: readonly {
    readonly id: number;
    readonly order_id: number;
    readonly status: string;
    readonly reason: string;
    readonly currency: string;
    readonly amount_minor_units: number;
    readonly respond_by: string | null;
  }[];
  readonly low_stock: readonly {
    readonly plan_id: number;
    readonly sku: string;
    readonly name: string;
    readonly available: number;
  }[];
  readonly suppliers: readonly {
    readonly supplier: string;
    readonly balance_text: string | null;
    readonly balance_currency: string | null;
    readonly problem: string | null;
    readonly attempts: number;
    readonly refused: number;
    readonly unknown: number;
  }[];
  readonly sales: readonly {
    readonly currency: string;
    readonly orders: number;
    readonly revenue_minor_units: number;
    readonly refunded_minor_units: number;
    readonly cost_minor_units: number;
    readonly margin_minor_units: number;
    readonly orders_without_cost: number;
  }[];
}
