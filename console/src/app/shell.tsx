import AppLayout from '@cloudscape-design/components/app-layout-toolbar';
import BreadcrumbGroup from '@cloudscape-design/components/breadcrumb-group';
import SideNavigation from '@cloudscape-design/components/side-navigation';
import TopNavigation from '@cloudscape-design/components/top-navigation';
import { Suspense, useEffect, useRef, useState } from 'react';
import { Outlet, useLocation, useNavigate } from 'react-router';
import { pages } from '../pages/index.ts';
import { useSession } from '../session/session-context.tsx';
import * as text from '../text/index.ts';
import { isDark, setDark } from './color-mode.ts';
import { activeLink, labelFor, navigationItems } from './navigation.ts';
import { Notifications } from './notifications.tsx';
import { PageTitleProvider, useShownTitle } from './page-title.tsx';

/** What surrounds every page: the user, the navigation by the user's rights, and notifications. */
export function Shell() {
  const {
    can,
    caller: { kind },
  } = useSession();
  const { sections, ownSection } = text.shell;
  const navigate = useNavigate();
  const { pathname } = useLocation();
  const [isOpen, setOpen] = useState(window.innerWidth > 900);
  const page = usePageFocus(pathname);
  return (
    <PageTitleProvider>
      <SkipLink onFollow={() => page.current?.focus()} />
      <Header />
      <AppLayout
        headerSelector="#console-header"
        toolsHide
        ariaLabels={{
          navigation: text.shell.navigation,
          navigationToggle: text.shell.openNavigation,
          navigationClose: text.shell.closeNavigation,
          notifications: text.shell.notifications,
        }}
        breadcrumbs={<Breadcrumbs />}
        navigationOpen={isOpen}
        onNavigationChange={({ detail }) => setOpen(detail.open)}
        navigation={
          <SideNavigation
            activeHref={activeLink(pages, pathname, can)}
            items={navigationItems(pages, can, {
              titles: kind === 'customer' ? { ...sections, customers: ownSection } : sections,
              kind,
            })}
            onFollow={(event) => {
              if (!event.detail.external) {
                event.preventDefault();
                navigate(event.detail.href);
              }
            }}
          />
        }
        notifications={<Notifications />}
        content={
          <div id={PAGE} ref={page} tabIndex={-1} className="page">
            <Suspense>
              <Outlet />
            </Suspense>
          </div>
        }
      />
    </PageTitleProvider>
  );
}

/** The page, below the list that leads to it. A list itself has no path. */
function Breadcrumbs() {
  const navigate = useNavigate();
  const { pathname } = useLocation();
  const title = useShownTitle();
  const {
    can,
    caller: { kind },
  } = useSession();
  const list = activeLink(pages, pathname, can);
  const navigation = pages.find(({ path }) => path === list)?.navigation;
  const label = navigation ? labelFor(kind, navigation) : text.shell.product;
  if (list === pathname) {
    return null;
  }
  return (
    <BreadcrumbGroup
      ariaLabel={text.shell.breadcrumbs}
      expandAriaLabel={text.shell.showPath}
      items={[
        { text: label, href: list },
        { text: title ?? text.shell.loading, href: pathname },
      ]}
      onFollow={(event) => {
        event.preventDefault();
        navigate(event.detail.href);
      }}
    />
  );
}

const PAGE = 'page';

/** Moves the focus to a page when it is opened, so that the keyboard continues there. The first page keeps the browser's focus. */
function usePageFocus(pathname: string) {
  const page = useRef<HTMLDivElement>(null);
  const shown = useRef(pathname);
  useEffect(() => {
    if (shown.current !== pathname) {
      shown.current = pathname;
      page.current?.focus({ preventScroll: true });
      window.scrollTo(0, 0);
    }
  }, [pathname]);
  return page;
}

/** The first element for the keyboard: skips the header and the navigation. */
function SkipLink({ onFollow }: { onFollow: () => void }) {
  return (
    <a
      className="skip-link"
      href={`#${PAGE}`}
      onClick={(event) => {
        event.preventDefault();
        onFollow();
      }}
    >
      {text.shell.skipToPage}
    </a>
  );
}

function Header() {
  const { caller, signOut } = useSession();
  const navigate = useNavigate();
  const [dark, setDarkShown] = useState(isDark());
  return (
    <header id="console-header">
      <TopNavigation
        identity={{
          href: '/',
          title: text.shell.product,
          onFollow: (event) => {
            event.preventDefault();
            navigate('/');
          },
        }}
        utilities={[
          {
            type: 'button',
            text: dark ? text.shell.lightMode : text.shell.darkMode,
            onClick: () => {
              setDark(!dark);
              setDarkShown(!dark);
            },
          },
          { type: 'button', text: text.shell.apiReference, href: '/docs', external: true },
          {
            type: 'menu-dropdown',
            text: caller.email ?? caller.userId,
            iconName: 'user-profile',
            items: [{ id: 'sign-out', text: text.shell.signOut }],
            onItemClick: signOut,
          },
        ]}
      />
    </header>
  );
}
