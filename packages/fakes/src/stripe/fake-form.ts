import { invalidRequest } from "./fake-error.js";

/** Stripe's form encoding read into nested objects: `metadata[order_id]=1`, `expand[]=a`, `expand[0]=a`. */
export type Params = { [name: string]: ParamValue };
export type ParamValue = string | ParamValue[] | Params;

export function parseForm(text: string): Params {
  const root: Params = Object.create(null);
  for (const [name, value] of new URLSearchParams(text)) {
    const path = [...name.matchAll(/^[^[\]]+|\[([^[\]]*)\]/g)].map((match) => match[1] ?? match[0]);
    if (path.join("").length === 0) throw invalidRequest(`Invalid parameter name: ${name}`);
    assign(root, path, value);
  }
  return root;
}

function assign(root: Params, path: readonly string[], value: string): void {
  let here: Params | ParamValue[] = root;
  path.forEach((name, depth) => {
    const key: string | number = Array.isArray(here) ? (name === "" ? here.length : Number(name)) : name;
    if (depth === path.length - 1) {
      Reflect.set(here, key, value);
      return;
    }
    const isList = /^\d*$/.test(path[depth + 1] ?? "");
    const next: ParamValue = (Reflect.get(here, key) as ParamValue | undefined) ?? (isList ? [] : makeNode());
    if (typeof next === "string") throw invalidRequest(`Invalid parameter: ${path.join(".")}`);
    Reflect.set(here, key, next);
    here = next;
  });
}

function makeNode(): Params {
  return Object.create(null) as Params;
}

export function textParam(params: Params, name: string): string | null {
  const value = params[name];
  if (value === undefined || value === "") return null;
  if (typeof value !== "string") throw invalidRequest(`Invalid string: ${name}`, { param: name });
  return value;
}

export function integerParam(params: Params, name: string): number | null {
  const text = textParam(params, name);
  if (text === null) return null;
  if (!/^-?\d+$/.test(text) || !Number.isSafeInteger(Number(text))) {
    throw invalidRequest(`Invalid integer: ${text}`, { code: "parameter_invalid_integer", param: name });
  }
  return Number(text);
}

export function objectParam(params: Params, name: string): Params {
  const value = params[name];
  if (value === undefined || value === "") return {};
  if (typeof value === "string" || Array.isArray(value)) {
    throw invalidRequest(`Invalid object`, { param: name });
  }
  return value;
}

export function listParam(params: Params, name: string): string[] {
  const value = params[name];
  if (value === undefined) return [];
  return (Array.isArray(value) ? value : [value]).filter((item): item is string => typeof item === "string");
}

/** At most 50 keys of 40 characters with values of 500 (docs.stripe.com/api/metadata). */
export function metadataParam(params: Params): Record<string, string> {
  const entries = Object.entries(objectParam(params, "metadata"));
  if (entries.length > 50) throw invalidRequest("Metadata can have at most 50 keys.", { param: "metadata" });
  for (const [key, value] of entries) {
    if (typeof value !== "string" || key.length > 40 || value.length > 500) {
      throw invalidRequest(`Invalid metadata: ${key}`, { param: "metadata" });
    }
  }
  return Object.fromEntries(entries) as Record<string, string>;
}

export function refuseUnknown(params: Params, known: readonly string[]): void {
  const unknown = Object.keys(params).find((name) => !known.includes(name));
  if (unknown === undefined) return;
  throw invalidRequest(`Received unknown parameter: ${unknown}`, {
    code: "parameter_unknown",
    param: unknown,
  });
}
