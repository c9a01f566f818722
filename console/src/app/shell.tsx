import {
  ActionIcon,
  AppShell,
  Burger,
  Button,
  Group,
  Menu,
  Modal,
  NavLink,
  Text,
  useMantineColorScheme,
} from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { Outlet, useRouterState } from "@tanstack/react-router";
import { MoonIcon, SunIcon } from "../parts/icons.js";
import { Link } from "../parts/link.js";
import { FactorThreshold } from "../session/factor-threshold.js";
import { isBarred, useOperator, useSession } from "../session/session.js";
import { SignIn } from "../session/sign-in.js";
import { StepUpDialog } from "../session/step-up-dialog.js";
import { LANGUAGES, useLanguage, useText } from "../text/text.js";
import { NotAllowed } from "./missing.js";
import { SearchBox } from "./search-box.js";
import { mayOpen, pageAt, SECTIONS } from "./sections.js";
import { shop } from "./shop.js";

export function Shell() {
  const text = useText();
  const [isOpen, { toggle, close }] = useDisclosure();
  const path = useRouterState({ select: ({ location }) => location.pathname });
  const { may } = useOperator();
  return (
    <AppShell
      header={{ height: { base: 104, sm: 60 } }}
      navbar={{ width: 220, breakpoint: "sm", collapsed: { mobile: !isOpen } }}
      padding="md"
    >
      <AppShell.Header className="header">
        <Group gap="xs" wrap="nowrap">
          <Burger opened={isOpen} onClick={toggle} hiddenFrom="sm" size="sm" aria-label={text("nav.menu")} />
          <Text fw={700} truncate>
            {shop.name}
          </Text>
        </Group>
        <SearchBox />
        <Group gap="xs" wrap="nowrap" className="tools">
          <SchemeButton />
          <PersonMenu />
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="xs" aria-label={text("nav.label")}>
        <Navigation path={path} onOpen={close} />
      </AppShell.Navbar>
      <AppShell.Main>
        <SectionPages path={path} />
        {mayOpen(path, may) ? <Outlet /> : <NotAllowed />}
      </AppShell.Main>
      <StepUpDialog />
      <EndedSession />
    </AppShell>
  );
}

/** On a phone it lies over the screen that was chosen from it, and closes then. */
function Navigation({ path, onOpen }: { readonly path: string; readonly onOpen: () => void }) {
  const text = useText();
  const { may } = useOperator();
  return SECTIONS.flatMap((section) => {
    const first = section.pages.find(({ permission }) => may(permission));
    if (first === undefined) return [];
    const isCurrent = pageAt(path, section) !== undefined;
    return (
      <NavLink
        key={section.label}
        component={Link}
        to={first.to}
        label={text(section.label)}
        active={isCurrent}
        onClick={onOpen}
        aria-current={isCurrent ? "page" : undefined}
      />
    );
  });
}

/** The other pages of the section that is open. */
function SectionPages({ path }: { readonly path: string }) {
  const text = useText();
  const { may } = useOperator();
  const section = SECTIONS.find((one) => pageAt(path, one) !== undefined);
  const pages = section?.pages.filter(({ permission }) => may(permission)) ?? [];
  if (section === undefined || new Set(pages.map(({ to }) => to)).size < 2) return null;
  const current = pageAt(path, section);
  return (
    <nav aria-label={text("nav.pages")} className="section-pages">
      {pages.map((page) => (
        <Link key={page.to} to={page.to} aria-current={page === current ? "page" : undefined}>
          {text(page.label)}
        </Link>
      ))}
    </nav>
  );
}

function SchemeButton() {
  const text = useText();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const isDark = document.documentElement.dataset.mantineColorScheme === "dark";
  const label = text(isDark ? "nav.light" : "nav.dark");
  return (
    <ActionIcon
      variant="default"
      size="lg"
      aria-label={label}
      title={label}
      data-scheme={colorScheme}
      onClick={() => setColorScheme(isDark ? "light" : "dark")}
    >
      {isDark ? <SunIcon /> : <MoonIcon />}
    </ActionIcon>
  );
}

function PersonMenu() {
  const { text, code, choose } = useLanguage();
  const { signOut } = useSession();
  const operator = useOperator();
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button variant="default" size="sm" className="person">
          {operator.name ?? operator.email}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{operator.email}</Menu.Label>
        {LANGUAGES.filter((one) => one !== code).map((one) => (
          <Menu.Item key={one} lang={one} onClick={() => choose(one)}>
            {text("nav.other_language")}
          </Menu.Item>
        ))}
        {operator.may("alarms.choose") && (
          <Menu.Item component={Link} to="/alarms">
            {text("alarms.title")}
          </Menu.Item>
        )}
        <Menu.Item component={Link} to="/me/second-factor">
          {text("factor.title")}
        </Menu.Item>
        <Menu.Item component={Link} to="/me/sessions">
          {text("nav.sessions")}
        </Menu.Item>
        <Menu.Item onClick={() => void signOut()}>{text("nav.sign_out")}</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

/** Over the screen and not in its place: a form that was half filled in stays as it is. */
function EndedSession() {
  const text = useText();
  const { hasEnded, factor } = useSession();
  const isBarredHere = isBarred({ factor });
  return (
    <Modal
      opened={hasEnded}
      onClose={() => undefined}
      withCloseButton={false}
      title={text(isBarredHere ? "factor.title" : "sign.heading")}
      zIndex={1_000}
    >
      {isBarredHere ? <FactorThreshold /> : <SignIn lead={text("sign.ended")} />}
    </Modal>
  );
}
