import { type CSSVariablesResolver, createTheme, Modal } from "@mantine/core";

export const theme = createTheme({
  primaryColor: "teal",
  primaryShade: 9,
  defaultRadius: "md",
  fontFamily: "system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif",
  headings: { fontWeight: "650", sizes: { h1: { fontSize: "1.6rem" }, h2: { fontSize: "1.15rem" } } },
  components: {
    Modal: Modal.extend({
      defaultProps: {
        centered: true,
        size: "lg",
        // The dialog's own header is not the page's.
        attributes: { header: { role: "presentation" } },
      },
    }),
  },
});

const COLORS = ["teal", "green", "blue", "yellow", "orange", "red", "grape", "gray"];

/** The library's own shades miss the contrast that text needs (WCAG 2.2, 4.5 to 1); axe-core measures these. */
export const readableShades: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    "--mantine-color-dimmed": "#5c636a",
    "--mantine-color-placeholder": "#696f76",
    "--mantine-color-error": "#c92a2a",
    ...Object.fromEntries(
      COLORS.map((name) => [
        `--mantine-color-${name}-light-color`,
        `color-mix(in srgb, var(--mantine-color-${name}-9), black 35%)`,
      ]),
    ),
  },
  dark: {
    "--mantine-color-dimmed": "#adb0b4",
    "--mantine-color-placeholder": "#a0a3a8",
    ...Object.fromEntries(
      COLORS.map((name) => [`--mantine-color-${name}-light-color`, `var(--mantine-color-${name}-2)`]),
    ),
  },
});
