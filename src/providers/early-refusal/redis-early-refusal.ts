import { Redis } from "ioredis";
import type { EarlyRefusal, NewRefusal, StandingRefusal } from "./port.js";

export interface RedisEarlyRefusalOptions {
  readonly url: string;
  /** Keeps installations that share a server apart. */
  readonly prefix?: string;
  readonly onTrouble: (error: Error) => void;
}

/** A slow answer is worse than none: the database answers in a few milliseconds. */
const COMMAND_MILLIS_MAX = 50;
/** After a time-out the next questions go straight to the database for this long. */
const PAUSE_MILLIS = 1_000;
const WAIT_SECONDS_MAX = 900;

/**
 * One atomic script per question. A value is `limit|until|wait|end`: until when it refuses, how long the last wait
 * was, and when doubling ends (0 for limits that do not double); milliseconds of Redis's own clock.
 */
const ASK = `
local now = redis.call('TIME')
now = now[1] * 1000 + math.floor(now[2] / 1000)
local found, foundUntil = nil, 0
for _, key in ipairs(KEYS) do
  local value = redis.call('GET', key)
  if value then
    local limit, till, wait, ends = string.match(value, '^([^|]*)|(%d+)|(%d+)|(%d+)$')
    till, wait, ends = tonumber(till), tonumber(wait), tonumber(ends)
    if till and till > now then
      if ends > 0 then
        wait = math.min(wait * 2, tonumber(ARGV[1]) * 1000)
        till = math.max(till, math.min(now + wait, ends))
        redis.call('SET', key, limit .. '|' .. string.format('%d|%d|%d', till, wait, ends), 'PX', till - now)
      end
      if till > foundUntil then found, foundUntil = limit, till end
    end
  end
end
if found then return { found, math.ceil((foundUntil - now) / 1000) } end
return nil`;

const REMEMBER = `
local now = redis.call('TIME')
now = now[1] * 1000 + math.floor(now[2] / 1000)
local wait = ARGV[2] * 1000
local ends = 0
if tonumber(ARGV[3]) > 0 then ends = now + ARGV[3] * 1000 end
local value = ARGV[1] .. '|' .. string.format('%d|%d|%d', now + wait, math.min(wait, ARGV[4] * 1000), ends)
redis.call('SET', KEYS[1], value, 'PX', wait)
return 1`;

/** One early "no" for all processes, in Redis. */
export function makeRedisEarlyRefusal({
  url,
  prefix = "tribi:no:",
  onTrouble,
}: RedisEarlyRefusalOptions): EarlyRefusal {
  const redis = new Redis(url, {
    keyPrefix: prefix,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    commandTimeout: COMMAND_MILLIS_MAX,
    connectTimeout: 1_000,
    retryStrategy: (attempt) => Math.min(attempt * 200, 5_000),
  });
  let pausedUntilMillis = 0;
  const trouble = (error: Error): void => {
    pausedUntilMillis = performance.now() + PAUSE_MILLIS;
    onTrouble(error);
  };
  redis.on("error", trouble);
  const isUsable = (): boolean => redis.status === "ready" && performance.now() >= pausedUntilMillis;

  return {
    async ask(keys) {
      if (!isUsable()) return undefined;
      try {
        return standing(await redis.eval(ASK, keys.length, ...keys, WAIT_SECONDS_MAX));
      } catch (error) {
        trouble(error as Error);
        return undefined;
      }
    },
    remember(key, { limit, retrySeconds, doublesForSeconds = 0 }: NewRefusal) {
      if (!isUsable()) return;
      redis
        .eval(REMEMBER, 1, key, limit, retrySeconds, doublesForSeconds, WAIT_SECONDS_MAX)
        .catch((error: unknown) => trouble(error as Error));
    },
    async forgetAll() {
      try {
        await deleteAll(redis, prefix);
      } catch (error) {
        trouble(error as Error);
      }
    },
    state: () => (redis.status === "ready" ? "up" : "down"),
    async close() {
      redis.disconnect();
    },
  };
}

function standing(answer: unknown): StandingRefusal | undefined {
  if (!Array.isArray(answer)) return undefined;
  const [limit, seconds] = answer as [string, number];
  return { limit, retrySeconds: Math.max(1, seconds) };
}

async function deleteAll(redis: Redis, prefix: string): Promise<void> {
  let cursor = "0";
  do {
    const [next, keys] = await redis.scan(cursor, "MATCH", `${prefix}*`, "COUNT", 500);
    // SCAN answers whole names; DEL adds the prefix itself.
    if (keys.length > 0) await redis.del(...keys.map((key) => key.slice(prefix.length)));
    cursor = next;
  } while (cursor !== "0");
}
