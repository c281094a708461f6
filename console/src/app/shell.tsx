import AppLayout from '@cloudscape-design/components/app-layout';
import SideNavigation from '@cloudscape-design/components/side-navigation';
import TopNavigation from '@cloudscape-design/components/top-navigation';
import { Suspense, useState } from 'react';
import { Outlet, useLocation, useNavigate } from 'react-router';
import { pages } from '../pages/index.ts';
import { useSession } from '../session/session-context.tsx';
import * as text from '../text/index.ts';
import { isDark, setDark } from './color-mode.ts';
import { activeLink, navigationItems } from './navigation.ts';
import { Notifications } from './notifications.tsx';

/** What surrounds every page: the user, the navigation by the user's rights, and notifications. */
export function Shell() {
  const { can } = useSession();
  const navigate = useNavigate();
  const { pathname } = useLocation();
  const [isOpen, setOpen] = useState(window.innerWidth > 900);
  return (
    <>
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
        navigationOpen={isOpen}
        onNavigationChange={({ detail }) => setOpen(detail.open)}
        navigation={
          <SideNavigation
            activeHref={activeLink(pages, pathname)}
            items={navigationItems(pages, can, text.shell.sections)}
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
          <Suspense>
            <Outlet />
          </Suspense>
        }
      />
    </>
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
