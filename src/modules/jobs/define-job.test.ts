import { expect, it } from "vitest";
import { defineJob, defineScheduledJob } from "./define-job.js";

const RUN = { jobId: "1", attempt: 1, attemptsMax: 25 };
const PLAIN = defineJob({ task: "count_stars", payload: { star_id: "id", sky: "name" } });
const KEYED = defineJob({
  task: "polish_star",
  payload: { star_id: "id" },
  key: ["polish", "star_id"],
  priority: -5,
  attemptsMax: 3,
});

it("a definition gives the SQL that enqueues the job, with what it says of key, attempts and priority", () => {
  expect(PLAIN.enqueue({ star_id: "s.id", sky: "'north'" })).toBe(
    "enqueue_job('count_stars', json_build_object('star_id', s.id, 'sky', 'north'))",
  );
  expect(KEYED.enqueue({ star_id: "s.id" }, { runAt: "now()" })).toBe(
    "enqueue_job('polish_star', json_build_object('star_id', s.id), job_key => 'polish:' || s.id, run_at => now(), " +
      "max_attempts => 3, priority => -5)",
  );
  expect(KEYED.enqueue({ star_id: "s.id" }, { isKeyless: true, priority: 0 })).toBe(
    "enqueue_job('polish_star', json_build_object('star_id', s.id), max_attempts => 3)",
  );
});

it("what a sweep looks for is the key under which the job is enqueued", () => {
  expect(KEYED.isWaiting("s.id")).toContain("j.key = 'polish:' || s.id");
  expect(() => PLAIN.isWaiting("s.id")).toThrow("no key");
});

it("the handler gets the payload that the definition names, and nothing else runs", async () => {
  const seen: unknown[] = [];
  const { handlers } = PLAIN.handledBy(async (payload) => seen.push(payload));
  await handlers.count_stars?.({ star_id: 7, sky: "north" }, RUN);
  expect(seen).toEqual([{ star_id: 7, sky: "north" }]);
  for (const payload of [{}, { star_id: "7", sky: "north" }, { star_id: 7 }]) {
    await expect(handlers.count_stars?.(payload, RUN)).rejects.toThrow(/^The payload of count_stars has no/);
  }
  expect(seen).toHaveLength(1);
});

it("a scheduled job names itself once for its clock, its handler and its key", () => {
  const sweep = defineScheduledJob("sweep_sky", "* * * * *");
  const jobs = sweep.handledBy(async () => undefined);
  expect([Object.keys(jobs.handlers), jobs.scheduled]).toEqual([
    ["sweep_sky"],
    [{ task: "sweep_sky", cron: "* * * * *" }],
  ]);
  expect(sweep.enqueue()).toBe("enqueue_job('sweep_sky', '{}', 'sweep_sky')");
});
