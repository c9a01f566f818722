import type { ListFilter } from "../list-screen-definition.js";

export const equals = (expression: string): ListFilter => ({ where: `${expression} = %` });
export const equalsInteger = (expression: string): ListFilter => ({
  where: `${expression} = %::bigint`,
  type: "integer",
});
export const isTrue = (condition: string): ListFilter => ({ where: condition, type: "flag" });
