import createClient from "openapi-fetch";
import type { paths } from "./api-types.js";

/** The only way in which the pages talk to the API: typed by the OpenAPI document. */
const client = createClient<paths>({ baseUrl: "" });

export type Plan = paths["/plans"]["get"]["responses"]["200"]["content"]["application/json"][number];
export type Country = paths["/countries"]["get"]["responses"]["200"]["content"]["application/json"][number];
export type Device = paths["/device/compatibility"]["get"]["responses"]["200"]["content"]["application/json"];

/** Throws an Error for a person when the shop does not answer. */
async function answerOf<Value>(
  call: Promise<{ data?: Value | undefined; response: Response }>,
): Promise<Value> {
  const { data, response } = await call;
  if (data === undefined) throw new Error(`The shop answered with status ${response.status}.`);
  return data;
}

/** Null asks in the shop's own currency. */
export const fetchPlans = (currency: string | null): Promise<Plan[]> =>
  answerOf(client.GET("/plans", { params: { query: currency === null ? {} : { currency } } }));

export const fetchCountries = (): Promise<Country[]> => answerOf(client.GET("/countries"));

export const fetchDevice = (): Promise<Device> => answerOf(client.GET("/device/compatibility"));
