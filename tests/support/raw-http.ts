import { connect } from "node:net";

export interface RawAnswer {
  readonly status: number;
  /** Lower-case names; of repeated ones the last. */
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  /** The server ended the connection by itself. */
  readonly wasClosed: boolean;
}

export interface RawOptions {
  /** How long to wait for the server to end the connection before looking at what came. */
  readonly waitMillis?: number;
}

/** Sends bytes as they are, which fetch would refuse to, and reads one answer. */
export async function sendRaw(
  url: string,
  bytes: string | Buffer,
  options: RawOptions = {},
): Promise<RawAnswer> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  const chunks: Buffer[] = [];
  const wasClosed = await new Promise<boolean>((resolve, reject) => {
    const timer = setTimeout(() => resolve(false), options.waitMillis ?? 5_000);
    const settle = (closed: boolean): void => {
      clearTimeout(timer);
      resolve(closed);
    };
    socket.on("data", (chunk) => {
      chunks.push(chunk);
      const text = Buffer.concat(chunks).toString("latin1");
      // Where the server says that it ends the connection, the end itself is waited for.
      const isKept = !/\r\nconnection: close\r\n/i.test(text);
      if (options.waitMillis === undefined && isKept && isComplete(text)) settle(false);
    });
    socket.on("end", () => settle(true));
    socket.on("close", () => settle(true));
    socket.on("error", (error) => (chunks.length > 0 ? settle(true) : reject(error)));
    socket.write(bytes);
  });
  socket.destroy();
  return { ...parse(Buffer.concat(chunks).toString("utf8")), wasClosed };
}

function isComplete(text: string): boolean {
  const end = text.indexOf("\r\n\r\n");
  const length = /\r\ncontent-length: (\d+)/i.exec(text)?.[1];
  return end > 0 && length !== undefined && text.length >= end + 4 + Number(length);
}

function parse(text: string): Omit<RawAnswer, "wasClosed"> {
  const [head = "", ...rest] = text.split("\r\n\r\n");
  const [first = "", ...lines] = head.split("\r\n");
  const headers: Record<string, string> = {};
  for (const line of lines) {
    const at = line.indexOf(":");
    headers[line.slice(0, at).toLowerCase()] = line.slice(at + 1).trim();
  }
  return { status: Number(first.split(" ")[1] ?? 0), headers, text: rest.join("\r\n\r\n") };
}
