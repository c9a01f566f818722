import { Type } from "typebox";
import type { Db } from "../../../../db/database.js";
import { callerOf } from "../../../../http/caller.js";
import type { Server } from "../../../../http/server.js";
import { AppError } from "../../../../kernel/errors.js";
import { languageOr } from "../../../../kernel/language.js";
import { amountMajor } from "../../../../kernel/money.js";
import type { TextsIn } from "../../../mail/mail.module.js";
import { EsimId } from "../../routes/read-esims.js";
import type { ListTopUps } from "../list-top-ups.js";

const Offer = Type.Object(
  {
    plan_id: Type.Integer(),
    name: Type.String(),
    description: Type.String(),
    data_gb: Type.Number({ description: "0 for unlimited plans" }),
    is_unlimited: Type.Boolean(),
    duration_days: Type.Integer(),
    price: Type.Object({
      currency: Type.String(),
      amount_minor_units: Type.Integer(),
      amount_major: Type.String(),
    }),
  },
  { title: "TopUpOffer" },
);

const Offers = Type.Object(
  {
    esim_id: Type.Integer(),
    can_be_topped_up: Type.Boolean(),
    reason: Type.Union([Type.String(), Type.Null()], { description: "Why not, in words for the owner" }),
    listed_at: Type.Union([Type.String({ format: "date-time" }), Type.Null()], {
      description:
        "When the supplier was last asked what it takes; null for eSIMs of the shop's own, and before the first time",
    }),
    offers: Type.Array(Offer),
  },
  { title: "TopUpOffers" },
);

export function registerListTopUps(
  app: Server,
  deps: { db: Db; listTopUps: ListTopUps; defaultCurrency: string; textsIn: TextsIn },
): void {
  app.get(
    "/esims/:id/top-ups",
    {
      config: { access: "user", problems: ["not_found"], isShedFirst: true },
      schema: {
        tags: ["eSIMs"],
        operationId: "listTopUps",
        summary: "What can be added to one of my eSIMs now, cheapest first",
        params: EsimId,
        querystring: Type.Object(
          {
            currency: Type.Optional(
              Type.String({
                minLength: 1,
                maxLength: 16,
                description: "ISO 4217; DEFAULT_CURRENCY when left out",
              }),
            ),
          },
          { additionalProperties: false },
        ),
        response: { 200: Offers },
      },
    },
    async (request) => {
      const list = await deps.listTopUps(deps.db, {
        esimId: request.params.id,
        userId: callerOf(request).userId,
        currency: request.query.currency ?? deps.defaultCurrency,
      });
      if (list === undefined) throw new AppError("not_found", "eSIM not found");
      const { problem } = list;
      return {
        esim_id: request.params.id,
        can_be_topped_up: problem === null,
        reason:
          problem === null ? null : deps.textsIn(languageOr(list.language)).text(`no_top_up.${problem}`),
        listed_at: list.listed_at,
        offers: list.offers.map(({ currency, amount_minor: minor, ...offer }) => ({
          ...offer,
          price: { currency, amount_minor_units: minor, amount_major: amountMajor(minor, currency) },
        })),
      };
    },
  );
}
