import jsqr from "jsqr";
import { PNG } from "pngjs";

/** jsqr is a CommonJS module whose types name a default export that is the function itself. */
const jsQR = jsqr as unknown as typeof jsqr.default;

/** Decodes RGBA pixels with a decoder that shares no code with our writer; undefined when there is no symbol. */
export function decodedPixels(pixels: Uint8ClampedArray, width: number, height: number): string | undefined {
  return jsQR(pixels, width, height, { inversionAttempts: "dontInvert" })?.data;
}

/** Decodes a PNG file; undefined when there is no symbol in it. */
export function decodedPng(png: Buffer): string | undefined {
  const { data, width, height } = PNG.sync.read(png);
  return decodedPixels(Uint8ClampedArray.from(data), width, height);
}
