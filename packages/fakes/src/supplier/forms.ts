import type { FakeRequest } from "./fake-http.js";

/** The fields of a JSON, urlencoded or multipart body, as suppliers accept them side by side. */
export function fieldsOf(request: FakeRequest): Record<string, string> {
  const type = request.headers["content-type"] ?? "";
  const text = request.rawBody.toString("utf8");
  if (type.includes("multipart/form-data")) return multipartFields(text, type);
  if (type.includes("urlencoded")) return Object.fromEntries(new URLSearchParams(text));
  const parsed: unknown = text === "" ? {} : JSON.parse(text);
  const entries = Object.entries(parsed as Record<string, unknown>).map(([key, value]) => [
    key,
    String(value),
  ]);
  return Object.fromEntries(entries) as Record<string, string>;
}

function multipartFields(text: string, contentType: string): Record<string, string> {
  const boundary = /boundary="?([^";]+)/.exec(contentType)?.[1] ?? "";
  const fields: Record<string, string> = {};
  for (const part of text.split(`--${boundary}`)) {
    const match = /name="([^"]+)"[\s\S]*?\r\n\r\n([\s\S]*)\r\n$/.exec(part);
    if (match?.[1] !== undefined) fields[match[1]] = match[2] ?? "";
  }
  return fields;
}
