import type { PriceProblem } from "../modules/catalog/catalog.module.js";
import { stripePriceProblem } from "../providers/payment/stripe/stripe-amount.js";

/**
 * Which prices may be entered: those that the shop's provider can charge. The mock stands in for it, so a catalogue
 * that is made with the mock is one that can be sold afterwards.
 */
export const priceProblem: PriceProblem = stripePriceProblem;
