import pg from "pg";

type Query = (
  this: pg.Client,
  first: string | { name?: string; text?: string },
  ...rest: unknown[]
) => unknown;

/** The pools of the app under test; the test's own connections and the workers' do not count. */
const OF_THE_APP: ReadonlySet<unknown> = new Set(["tribi api", "tribi reserved"]);

/** What a new connection sets before anybody uses it (src/db/session.ts): it belongs to no request. */
const SETS_UP = "select pg_catalog.set_config(";

export interface SentStatements {
  /** The names (else the texts) of what the app in this process has sent since the last `clear`, in order. */
  readonly sent: readonly string[];
  /** Their texts. */
  readonly texts: readonly string[];
  clear(): void;
  stop(): void;
}

/** Listens at the driver, below every store, so that nothing which reaches the database can be missed. */
export function listenToStatements(): SentStatements {
  const sent: string[] = [];
  const texts: string[] = [];
  const prototype = pg.Client.prototype as unknown as { query: Query };
  const query = prototype.query;
  prototype.query = function listened(first, ...rest) {
    const { connectionParameters } = this as unknown as {
      connectionParameters: { application_name?: string };
    };
    const name = typeof first === "string" ? first : (first.name ?? first.text ?? "?");
    if (OF_THE_APP.has(connectionParameters.application_name) && !name.startsWith(SETS_UP)) {
      sent.push(name);
      texts.push(typeof first === "string" ? first : (first.text ?? ""));
    }
    return query.call(this, first, ...rest);
  };
  return {
    sent,
    texts,
    clear: () => {
      sent.length = 0;
      texts.length = 0;
    },
    stop: () => {
      prototype.query = query;
    },
  };
}
