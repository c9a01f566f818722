import { filledTextOf, listOf } from "../json.js";
import type { PackageNetwork } from "../package-port.js";
import { countryCodesOf } from "./country-codes.js";

export interface ToldNetwork {
  readonly country: unknown;
  readonly name: unknown;
  /** A list, or one text such as "3G/4G/5G". */
  readonly speeds: unknown;
}

const NETWORKS_MAX = 1_000;

/** As a member of a package: nothing when the supplier told nothing that a traveller could use. */
export function networksOf(told: readonly ToldNetwork[]): { readonly networks?: readonly PackageNetwork[] } {
  const found = new Map<string, PackageNetwork>();
  for (const one of told) {
    const [country = null] = countryCodesOf([one.country]);
    const name =
      filledTextOf(one.name)
        ?.replace(/[\p{C}\s]+/gu, " ")
        .trim()
        .slice(0, 64) || null;
    const speeds = speedsOf(one.speeds);
    if (name === null && speeds.length === 0) continue;
    const key = `${country ?? ""} ${name ?? ""}`;
    const earlier = found.get(key)?.speeds ?? [];
    found.set(key, { country, name, speeds: [...new Set([...earlier, ...speeds])].sort() });
  }
  const networks = [...found.values()].slice(0, NETWORKS_MAX);
  return networks.length === 0 ? {} : { networks };
}

/** "5G", "LTE" and the like; anything else is no speed that a page should repeat. */
function speedsOf(told: unknown): string[] {
  const texts = [told, ...listOf(told)].flatMap((one) => filledTextOf(one)?.split(/[/,\s]+/) ?? []);
  return texts.map((text) => text.toUpperCase()).filter((text) => /^([2-6]G\+?|LTE|NR)$/.test(text));
}
