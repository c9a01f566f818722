import { Type } from "typebox";
import type { Act } from "../../../db/act.js";
import { adminAct } from "../../../http/act.js";
import type { Server } from "../../../http/server.js";

export function registerRetryJob(
  app: Server,
  deps: { retryFailedJob: (jobId: number, act: Act) => Promise<void> },
): void {
  app.post(
    "/admin/jobs/:id/retry",
    {
      config: { access: "admin", permission: "jobs.retry", problems: ["not_found", "conflict"] },
      schema: {
        tags: ["Administration"],
        operationId: "retryJob",
        summary: "Run a failed job again",
        params: Type.Object({ id: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }) }),
        response: { 200: Type.Object({ message: Type.String() }) },
      },
    },
    async (request) => {
      await deps.retryFailedJob(request.params.id, adminAct(request));
      return { message: "job_scheduled" };
    },
  );
}
