import { describe, expect, it } from "vitest";
import { makeQuietHours } from "./quiet-hours.js";

const dayPlaces = makeQuietHours();

describe("it is day from 8 to 22 in every zone of a place", () => {
  it.each([
    ["JP", "2027-01-15T22:59:00Z", false],
    ["JP", "2027-01-15T23:00:00Z", true],
    ["JP", "2027-01-16T12:59:00Z", true],
    ["JP", "2027-01-16T13:00:00Z", false],
    // Summer time.
    ["DE", "2027-01-15T06:30:00Z", false],
    ["DE", "2027-07-15T06:30:00Z", true],
    // Eight in New York is night in Alaska.
    ["US", "2027-01-15T13:00:00Z", false],
    ["US", "2027-01-15T20:00:00Z", true],
    ["Europe", "2027-01-15T20:30:00Z", false],
    ["", "2027-01-15T12:00:00Z", true],
    ["", "2027-01-15T23:00:00Z", false],
  ])("%s at %s: %s", (place, moment, isDay) => {
    expect(dayPlaces(new Date(moment))[place]).toBe(isDay);
  });

  it("every place has a morning within a day, in winter and in summer", () => {
    for (const begin of ["2027-01-15T00:00:00Z", "2027-07-15T00:00:00Z"]) {
      const hours = Array.from({ length: 24 }, (_, hour) =>
        dayPlaces(new Date(Date.parse(begin) + hour * 3_600_000)),
      );
      for (const place of Object.keys(hours[0]!))
        expect([place, hours.filter((one) => one[place]).length >= 2]).toEqual([place, true]);
    }
  });
});
