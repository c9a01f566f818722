import { qrSymbol } from "../providers/esim/formats/qr.js";

const QUIET_ZONE_MODULES = 2;
const BLACK_ON_WHITE = "\u001b[30;107m";
const RESET = "\u001b[0m";

/**
 * A QR symbol in text, two rows of modules to a line. With colours it is dark on light in any terminal; without
 * them light modules are the drawn ones, which is right for light text on a dark background.
 */
export function terminalQr(text: string, options: { hasColours: boolean }): string {
  const { sizeModules, isDark } = qrSymbol(text);
  const isDrawn = (row: number, column: number): boolean => {
    const isInside = row >= 0 && column >= 0 && row < sizeModules && column < sizeModules;
    return (isInside && isDark(row, column)) === options.hasColours;
  };
  const lines: string[] = [];
  for (let row = -QUIET_ZONE_MODULES; row < sizeModules + QUIET_ZONE_MODULES; row += 2) {
    let line = "";
    for (let column = -QUIET_ZONE_MODULES; column < sizeModules + QUIET_ZONE_MODULES; column += 1) {
      const [top, bottom] = [isDrawn(row, column), isDrawn(row + 1, column)];
      line += top ? (bottom ? "█" : "▀") : bottom ? "▄" : " ";
    }
    lines.push(options.hasColours ? `${BLACK_ON_WHITE}${line}${RESET}` : line);
  }
  return lines.join("\n");
}
