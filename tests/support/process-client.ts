import { type Answer, type RequestOptions, send, type TestApp } from "./app.js";
import { type Login, logIn } from "./login.js";
import type { ServerProcess } from "./processes.js";

/** One connection per request, as a load balancer that spreads them; never one that a stopping server is closing. */
export const requestTo =
  ({ url }: Pick<ServerProcess, "url">) =>
  (method: string, path: string, options: RequestOptions = {}): Promise<Answer> =>
    send(`${url}${path}`, method, { ...options, headers: { ...options.headers, connection: "close" } });

/** Signs in at a server that is another process. */
export const logInAt = (server: Pick<ServerProcess, "url">, email: string): Promise<Login> =>
  logIn({ request: requestTo(server) } as TestApp, email);
