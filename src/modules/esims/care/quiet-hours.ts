import { readFileSync } from "node:fs";

interface TimeZones {
  readonly elsewhere: readonly string[];
  readonly countries: Readonly<Record<string, readonly string[]>>;
  readonly regions: Readonly<Record<string, readonly string[]>>;
}

const DAY_BEGINS = 8;
const DAY_ENDS = 22;

const readTimeZones = (): TimeZones =>
  JSON.parse(readFileSync(new URL("./data/time-zones.json", import.meta.url), "utf8"));

/** Where nobody is woken: by country and region, and `''` for what the file does not know. */
export function makeQuietHours(zones: TimeZones = readTimeZones()) {
  const places = Object.entries({ ...zones.countries, ...zones.regions, "": zones.elsewhere });
  const hours = new Map(places.flatMap(([, names]) => names).map((name) => [name, hourIn(name)] as const));
  return (now: Date): Readonly<Record<string, boolean>> => {
    const isDay = new Map([...hours].map(([name, hourOf]) => [name, isByDay(hourOf(now))] as const));
    return Object.fromEntries(
      places.map(([place, names]) => [place, names.every((name) => isDay.get(name))]),
    );
  };
}

/** Of a plan's country or region; what the file does not know goes by UTC. */
export const isDayAt = (days: Readonly<Record<string, boolean>>, place: string | null): boolean =>
  days[place ?? ""] ?? days[""] ?? false;

const isByDay = (hour: number): boolean => hour >= DAY_BEGINS && hour < DAY_ENDS;

function hourIn(timeZone: string): (now: Date) => number {
  const clock = new Intl.DateTimeFormat("en-GB", { timeZone, hour: "2-digit", hourCycle: "h23" });
  return (now) => Number(clock.format(now));
}
