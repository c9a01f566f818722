import { expect, it } from "vitest";
import { productionSources } from "../../scripts/gates/sources.js";

const DEFINITION = /define(?:Scheduled)?Job\(\s*(?:\{\s*task: )?"([a-z_]+)"/g;
/** They look at the table of jobs, whoever enqueued them. */
const LOOKS_AT_JOBS = /^src\/(modules\/admin\/books|doctor)\//;
const sources = productionSources().filter(({ file }) => !LOOKS_AT_JOBS.test(file));
const tasks = sources.flatMap(({ text }) => [...text.matchAll(DEFINITION)].map(([, task = ""]) => task));

it("a job is defined once, and its name is a string nowhere else", () => {
  expect(tasks.length).toBeGreaterThan(20);
  expect([...new Set(tasks)].sort()).toEqual([...tasks].sort());
  for (const task of tasks) {
    const named = sources.filter(({ text }) => new RegExp(`["']${task}["']`).test(text));
    expect([task, named.map(({ file }) => file)]).toEqual([task, [expect.any(String)]]);
  }
});

it("no statement enqueues a job by the text of its name", () => {
  const found = sources.filter(({ text }) => /enqueue_jobs?\(\s*(?:array\[)?'[a-z]/.test(text));
  expect(found.map(({ file }) => file)).toEqual([]);
});
