import { insist } from "./insist.js";
import { makeRandom, type Random } from "./random.js";
import { BEHAVIOURS, type Behaviour, type EventReceiver, startEventReceiver } from "./receivers.js";
import type { World } from "./world.js";

const RECEIVERS = 4;
const BEHAVING = Object.keys(BEHAVIOURS) as readonly Behaviour[];
const TOLD_MILLIS_MAX = 120_000;

/** Systems that hear of everything, from before the first order on. */
export function startEventReceivers(world: World): Promise<EventReceiver[]> {
  const { fleet, adminToken: token } = world;
  return Promise.all(
    Array.from({ length: RECEIVERS }, (_, index) =>
      startEventReceiver(`receiver ${index}`, async (url) => {
        const { body } = await ask(world, "POST", "/admin/webhook-endpoints", { url, types: ["*"] });
        return { secret: body.secret, storeUrls: fleet.urls, token };
      }),
    ),
  );
}

const ask = (world: World, method: string, path: string, body: unknown) =>
  insist(world, makeRandom(1), method, path, { bearer: world.adminToken, body });

/** What goes wrong at the receivers in this round. The first one is well, and is not made to wait for the others. */
export function plantReceiverFaults({ receivers }: World, random: Random): string[] {
  return receivers.slice(1).flatMap((receiver) => {
    receiver.behaviour = random.pick(BEHAVING);
    return receiver.behaviour === "well" ? [] : [`${receiver.name} ${BEHAVIOURS[receiver.behaviour]}`];
  });
}

interface EndpointRow {
  readonly id: number;
  readonly url: string;
  readonly paused_reason: string | null;
}

/** What each receiver has behind it: numbers without a gap, told to it or to be asked for, each taken once. */
export async function compareEvents(world: World): Promise<string[]> {
  for (const receiver of world.receivers) receiver.behaveWell();
  const endpoints = await world.query<EndpointRow>("select id, url, paused_reason from webhook_endpoints");
  for (const { id, paused_reason } of endpoints)
    if (paused_reason !== null)
      await ask(world, "PATCH", `/admin/webhook-endpoints/${id}`, { is_active: true });
  const violations = await waitUntilTold(world);
  for (const [law, text] of Object.entries(EVENT_LAWS)) {
    const rows = await world.query(text);
    if (rows.length > 0) violations.push(`${law}: ${JSON.stringify(rows.slice(0, 3))}`);
  }
  const [stream] = await world.query<{ last: number }>(
    "select last_sequence::int as last from shop_event_stream",
  );
  for (const receiver of world.receivers)
    violations.push(...(await proveOf(world, receiver, endpoints, stream?.last ?? 0)));
  return violations;
}

/** Receivers that were paused miss what was told meanwhile: they ask for it. The others were sent everything. */
async function proveOf(
  { pausedOnce }: World,
  receiver: EventReceiver,
  endpoints: readonly EndpointRow[],
  last: number,
): Promise<string[]> {
  const { name, url, pushed, taken } = receiver;
  const violations: string[] = [];
  if (endpoints.some((one) => one.url === url && one.paused_reason !== null)) pausedOnce.add(url);
  if (receiver.wasFollowed()) violations.push(`${name} led the store elsewhere, and it went there`);
  if (!pausedOnce.has(url) && pushed.size !== last)
    violations.push(`${name} was never paused, and was sent ${pushed.size} of ${last} events`);
  try {
    const reached = await receiver.catchUp();
    if (reached !== last) violations.push(`${name} caught up with ${reached} of ${last} events`);
  } catch (error) {
    violations.push(`${name}: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (taken.size !== last) violations.push(`${name} has ${taken.size} of ${last} events`);
  if ([...taken.values()].some((times) => times !== 1)) violations.push(`${name} took an event twice`);
  return violations;
}

/** What waits for its next try is due, and what a dead process had in its hands is free. */
async function waitUntilTold({ query }: World): Promise<string[]> {
  const until = Date.now() + TOLD_MILLIS_MAX;
  for (;;) {
    const [left] = await query<{ unnumbered: number; pending: number; given_up: number }>(
      `select (select count(*)::int from new_shop_events) as unnumbered,
         count(*) filter (where status = 'pending')::int as pending,
         count(*) filter (where status = 'failed')::int as given_up from webhook_deliveries`,
    );
    if (left?.given_up !== 0) return [`deliveries were given up within a round: ${JSON.stringify(left)}`];
    if (left.unnumbered + left.pending === 0) return [];
    if (Date.now() > until) return [`events are not told: ${JSON.stringify(left)}`];
    await query(
      "update webhook_deliveries set next_try_at = now() where status = 'pending' and next_try_at > now()",
    );
    await query(
      "update webhook_endpoints set retry_at = null, leased_until = null where retry_at > now() or leased_until > now()",
    );
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

const EVENT_LAWS: Readonly<Record<string, string>> = {
  events_have_no_gap: `select s.last_sequence, count(e.sequence), min(e.sequence), max(e.sequence)
    from shop_event_stream s left join shop_events e on true group by s.last_sequence
    having count(e.sequence) <> s.last_sequence or max(e.sequence) <> s.last_sequence`,
  every_order_is_told_once: `select o.id, count(e.sequence) from orders o
    left join shop_events e on e.subject_id = o.id and e.type = 'order.created'
    group by o.id having count(e.sequence) <> 1`,
  every_end_of_an_order_is_told: `select o.id, o.status from orders o
    where o.status <> 'created' and not exists (
      select from shop_events e where e.subject_id = o.id and e.type = 'order.' || o.status)`,
  every_refund_that_went_is_told: `select r.id from refunds r
    where r.status = 'succeeded' and not exists (
      select from shop_events e where e.subject_id = r.id and e.type in ('refund.succeeded', 'refund.created'))`,
};
