import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";

export interface SealingKey {
  /** Travels with every ciphertext, so that keys can be rotated. */
  readonly id: string;
  /** 32 bytes. */
  readonly key: Buffer;
}

export interface Sealer {
  /** `purpose` is bound to the ciphertext: what was sealed for one purpose does not open for another. */
  seal(purpose: string, text: string): Buffer;
  /** Throws when the key is unknown, the purpose is another, or a bit was changed. */
  open(purpose: string, sealed: Buffer): string;
}

/** NIST SP 800-38D §8.2.2: a random 96-bit IV is safe for 2^32 messages per key. */
const IV_BYTES = 12;
const TAG_BYTES = 16;

/** AES-256-GCM. The first key seals, all of them open. Layout: length of the key's id, id, IV, tag, ciphertext. */
export function makeSealer(keys: readonly SealingKey[]): Sealer {
  const byId = new Map(keys.map(({ id, key }) => [id, key]));
  return {
    seal(purpose, text) {
      const [first] = keys;
      if (first === undefined) throw new Error("There is no key to seal with");
      const id = Buffer.from(first.id);
      const iv = randomBytes(IV_BYTES);
      const cipher = createCipheriv("aes-256-gcm", first.key, iv, { authTagLength: TAG_BYTES });
      cipher.setAAD(Buffer.from(purpose));
      const body = Buffer.concat([cipher.update(text, "utf8"), cipher.final()]);
      return Buffer.concat([Buffer.of(id.length), id, iv, cipher.getAuthTag(), body]);
    },
    open(purpose, sealed) {
      const idEnd = 1 + (sealed[0] ?? 0);
      const key = byId.get(sealed.subarray(1, idEnd).toString());
      if (key === undefined || sealed.length < idEnd + IV_BYTES + TAG_BYTES) {
        throw new Error("Sealed with a key that is not configured, or not sealed at all");
      }
      const iv = sealed.subarray(idEnd, idEnd + IV_BYTES);
      const tag = sealed.subarray(idEnd + IV_BYTES, idEnd + IV_BYTES + TAG_BYTES);
      const decipher = createDecipheriv("aes-256-gcm", key, iv, { authTagLength: TAG_BYTES });
      decipher.setAAD(Buffer.from(purpose));
      decipher.setAuthTag(tag);
      const body = sealed.subarray(idEnd + IV_BYTES + TAG_BYTES);
      return Buffer.concat([decipher.update(body), decipher.final()]).toString("utf8");
    },
  };
}
