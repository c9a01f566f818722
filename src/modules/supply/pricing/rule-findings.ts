import type { FieldProblem } from "../../../kernel/errors.js";
import { isCurrencyCode } from "../../../kernel/money.js";
import { isLess, rational, rationalOf, shareOf, ZERO } from "../../../kernel/rational.js";
import { dataBounds } from "./match-rule.js";
import type { Conditions, PriceRule, PriceRules } from "./price-rules.js";

/** What is wrong with a set of rules: it is not kept with any of these. Pointers are into the set. */
export function ruleProblems(set: PriceRules): FieldProblem[] {
  return [
    ...currencyProblems(set),
    ...feeProblems(set),
    ...set.rules.flatMap((rule, index) => oneRuleProblems(set, rule, `/rules/${index}`)),
    ...unreachableRules(set),
  ];
}

/** What an operator should know, and may mean so. */
export function ruleNotes({ rules }: PriceRules): string[] {
  const isOpen = ({ when }: PriceRule): boolean => Object.keys(when).length === 0;
  return rules.some(isOpen)
    ? []
    : ["No rule is without conditions: a plan that none matches gets no price and is not published."];
}

function currencyProblems({ currencies }: PriceRules): FieldProblem[] {
  return currencies.flatMap((currency, index) => {
    const pointer = `/currencies/${index}`;
    if (!isCurrencyCode(currency)) return [{ pointer, message: "is no currency of ISO 4217" }];
    return currencies.indexOf(currency) < index ? [{ pointer, message: "is there already" }] : [];
  });
}

function feeProblems({ fees, currencies }: PriceRules): FieldProblem[] {
  return fees.flatMap(({ provider, percent, fixed }, index) => {
    const problems: FieldProblem[] = [];
    const at = `/fees/${index}`;
    if (!isLess(shareOf(percent), rational(1)))
      problems.push({ pointer: `${at}/percent`, message: "must be below 100" });
    if (fees.findIndex((fee) => fee.provider === provider) < index) {
      problems.push({ pointer: `${at}/provider`, message: "has a fee already" });
    }
    for (const currency of currencies.filter((code) => fixed[code] === undefined)) {
      problems.push({
        pointer: `${at}/fixed`,
        message: `must say how much it is in ${currency}; 0 for none`,
      });
    }
    return problems;
  });
}

function oneRuleProblems(
  { currencies }: PriceRules,
  { when, result }: PriceRule,
  at: string,
): FieldProblem[] {
  const problems: FieldProblem[] = [];
  const complain = (pointer: string, message: string): void => {
    problems.push({ pointer: `${at}${pointer}`, message });
  };
  for (const member of ["data_gb", "days"] as const) {
    const { min = 0, max = Infinity } = when[member] ?? {};
    if (min > max) complain(`/when/${member}`, "has a minimum above its maximum");
  }
  const { min, below } = when.cost ?? {};
  if (below !== undefined && !isLess(rationalOf(min ?? "0") ?? ZERO, rationalOf(below) ?? ZERO)) {
    complain("/when/cost", "has a minimum that is not below its end");
  }
  for (const member of ["margin_at_least", "minimum_price", "endings", "round_to", "fixed_price"] as const) {
    for (const currency of Object.keys(result[member] ?? {})) {
      if (!currencies.includes(currency))
        complain(`/result/${member}`, `names ${currency}, which is not in currencies`);
    }
  }
  for (const currency of currencies) {
    const [fixed, least] = [result.fixed_price?.[currency], result.minimum_price?.[currency]];
    if (fixed !== undefined && least !== undefined && fixed < least) {
      complain("/result/fixed_price", `contradicts its own minimum_price in ${currency}`);
    }
    if (result.endings?.[currency] !== undefined && result.round_to?.[currency] !== undefined) {
      complain("/result/endings", `contradicts round_to in ${currency}: give one of the two`);
    }
  }
  return problems;
}

/** A rule behind one that matches all that it matches never decides: one of the two is not what somebody means. */
function unreachableRules({ rules }: PriceRules): FieldProblem[] {
  return rules.flatMap((rule, index) => {
    const earlier = rules.findIndex((other, place) => place < index && hides(other, rule));
    if (earlier === -1) return [];
    const message = `contradicts rule ${earlier + 1} (${rules[earlier]?.name}), which matches all that it matches and comes first`;
    return [{ pointer: `/rules/${index}`, message }];
  });
}

function hides(earlier: PriceRule, later: PriceRule): boolean {
  if (!contains(earlier.when, later.when)) return false;
  // A fixed price wins wherever it is in the list, unless an earlier rule fixes the price in each of its currencies.
  return Object.keys(later.result.fixed_price ?? {}).every(
    (currency) => earlier.result.fixed_price?.[currency] !== undefined,
  );
}

/** Whether whatever matches `inner` matches `outer`. */
function contains(outer: Conditions, inner: Conditions): boolean {
  return (
    containsList(outer.suppliers, inner.suppliers) &&
    containsList(outer.countries, inner.countries) &&
    containsList(outer.regions, inner.regions) &&
    containsRange(outer.days, inner.days) &&
    containsData(outer.data_gb, inner.data_gb) &&
    containsCost(outer.cost, inner.cost)
  );
}

const containsList = (outer?: readonly string[], inner?: readonly string[]): boolean =>
  outer === undefined || (inner?.every((one) => outer.includes(one)) ?? false);

interface Range {
  readonly min?: number;
  readonly max?: number;
}

const containsRange = (outer: Range | undefined, inner: Range | undefined): boolean =>
  outer === undefined ||
  ((outer.min ?? -Infinity) <= (inner?.min ?? -Infinity) &&
    (outer.max ?? Infinity) >= (inner?.max ?? Infinity));

function containsData(outer: Conditions["data_gb"], inner: Conditions["data_gb"]): boolean {
  if (outer === undefined) return true;
  const isSameKind = outer.is_unlimited === undefined || outer.is_unlimited === inner?.is_unlimited;
  return isSameKind && containsRange(dataBounds(outer), inner === undefined ? undefined : dataBounds(inner));
}

function containsCost(outer: Conditions["cost"], inner: Conditions["cost"]): boolean {
  if (outer === undefined) return true;
  if (inner === undefined || inner.currency !== outer.currency) return false;
  const isFromBelow = !isLess(rationalOf(inner.min ?? "0") ?? ZERO, rationalOf(outer.min ?? "0") ?? ZERO);
  if (outer.below === undefined) return isFromBelow;
  const end = rationalOf(inner.below ?? "");
  return isFromBelow && end !== undefined && !isLess(rationalOf(outer.below) ?? ZERO, end);
}
