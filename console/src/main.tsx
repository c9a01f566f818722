import "@mantine/core/styles.css";
import "@mantine/notifications/styles.css";
import "./style.css";
import { MantineProvider } from "@mantine/core";
import { Notifications } from "@mantine/notifications";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { Gate } from "./app/gate.js";
import { router } from "./app/router.js";
import { rootElement, styleNonce } from "./app/shop.js";
import { readableShades, theme } from "./app/theme.js";
import { SessionProvider } from "./session/session.js";
import { LanguageProvider } from "./text/text.js";

// The name under which get-nonce, which locks the page behind a dialog, looks for the nonce of its style element.
(globalThis as { __webpack_nonce__?: string }).__webpack_nonce__ = styleNonce;

createRoot(rootElement()).render(
  <StrictMode>
    <MantineProvider
      theme={theme}
      cssVariablesResolver={readableShades}
      defaultColorScheme="auto"
      getStyleNonce={() => styleNonce}
    >
      <LanguageProvider>
        <SessionProvider>
          <Notifications />
          <Gate>
            <RouterProvider router={router} />
          </Gate>
        </SessionProvider>
      </LanguageProvider>
    </MantineProvider>
  </StrictMode>,
);
