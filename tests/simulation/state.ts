import { existsSync, readFileSync, writeFileSync } from "node:fs";
import type { RoundSums } from "./campaign.js";

/** What a campaign has behind it, so that it can go on after an interruption. Only clean rounds are counted. */
export interface CampaignState {
  readonly seed: number;
  /** In the order in which they ended. */
  readonly rounds: readonly number[];
  readonly sums: RoundSums;
}

/** Undefined when there is no such file yet. */
export function readState(file: string, seed: number): CampaignState | undefined {
  if (!existsSync(file)) return undefined;
  const state = JSON.parse(readFileSync(file, "utf8")) as CampaignState;
  if (state.seed !== seed) throw new Error(`${file} belongs to the campaign of seed ${state.seed}`);
  return state;
}

export const writeState = (file: string, state: CampaignState): void =>
  writeFileSync(file, `${JSON.stringify(state)}\n`);
