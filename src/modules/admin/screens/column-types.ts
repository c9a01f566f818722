import { Type } from "typebox";

/** The shapes of columns that operators' lists are made of. */
export const id = Type.Integer();
export const text = Type.String();
export const textOrNull = Type.Union([Type.String(), Type.Null()]);
export const integerOrNull = Type.Union([Type.Integer(), Type.Null()]);
export const flag = Type.Boolean();
export const minor = Type.Integer({ description: "In the currency's minor units" });
export const time = Type.String({ format: "date-time" });
export const timeOrNull = Type.Union([Type.String({ format: "date-time" }), Type.Null()]);
export const anything = Type.Unknown();
export const person = Type.Object({ id: Type.Integer(), email: Type.String(), name: textOrNull });
