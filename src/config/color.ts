/** Red, green, blue, each 0 to 255. */
export type Color = readonly [red: number, green: number, blue: number];

export const WHITE: Color = [255, 255, 255];
/** WCAG 2.2, 1.4.3: what text needs against its background. */
export const TEXT_CONTRAST = 4.5;

/** "#0b5f56"; null when it is none. */
export function parseColor(text: string): Color | null {
  if (!/^#[0-9a-f]{6}$/i.test(text)) return null;
  return [1, 3, 5].map((at) => Number.parseInt(text.slice(at, at + 2), 16)) as unknown as Color;
}

export const writeColor = (color: Color): string =>
  `#${color.map((part) => part.toString(16).padStart(2, "0")).join("")}`;

/** WCAG 2.2, relative luminance. */
function luminanceOf(color: Color): number {
  const [red = 0, green = 0, blue = 0] = color.map((part) => {
    const share = part / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** From 1, nothing can be seen, to 21, black on white. */
export function contrastOf(one: Color, other: Color): number {
  const [dark = 0, light = 0] = [luminanceOf(one), luminanceOf(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}
