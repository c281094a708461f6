import '@cloudscape-design/global-styles/index.css';
import './console.css';
import { I18nProvider } from '@cloudscape-design/components/i18n';
import messages from '@cloudscape-design/components/i18n/messages/all.en';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { type ReactNode, StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { RouterProvider } from 'react-router/dom';
import { ApiProblem } from './api/api-problem.ts';
import { connectApi } from './api/client.ts';
import { applyColorMode } from './app/color-mode.ts';
import { NotificationsProvider } from './app/notifications.tsx';
import { createRouter } from './app/router.tsx';
import { SignInPage } from './app/sign-in-page.tsx';
import { callerOfToken } from './session/caller.ts';
import { parseConfiguration } from './session/configuration.ts';
import { openSession } from './session/session.ts';
import { SessionProvider, signedInAs } from './session/session-context.tsx';
import * as text from './text/index.ts';

applyColorMode();
const element = document.getElementById('console');
if (!element) {
  throw new Error('The page has no element for the console.');
}
const root = createRoot(element);
const render = (content: ReactNode) =>
  root.render(
    <StrictMode>
      <I18nProvider locale="en" messages={[messages]}>
        {content}
      </I18nProvider>
    </StrictMode>,
  );

try {
  await start();
} catch (error) {
  render(<SignInPage message={text.shell.startFailed(error instanceof Error ? error.message : String(error))} />);
}

async function start(): Promise<void> {
  const response = await fetch('/config.json');
  const configuration = parseConfiguration(await response.json());
  const session = openSession(configuration);
  const signIn = () => void session.signIn(window.location.pathname + window.location.search);

  let token: string | undefined;
  try {
    token = await session.start();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    render(<SignInPage message={text.shell.signInFailed(reason)} onSignIn={() => void session.signIn('/')} />);
    return;
  }
  if (token === undefined) {
    if (window.location.pathname === '/') {
      render(<SignInPage onSignIn={signIn} />);
    } else {
      signIn();
    }
    return;
  }
  session.onRenewed((renewed) => {
    token = renewed;
  });
  connectApi({ apiUrl: configuration.apiUrl ?? window.location.origin, token: () => token, onUnauthorized: signIn });

  const signOut = () => void session.signOut();
  const caller = callerOfToken(token);
  if (!caller) {
    render(<SignInPage message={text.shell.noRights} onSignOut={signOut} />);
    return;
  }
  const signedIn = signedInAs(caller, signOut);
  render(
    <SessionProvider value={signedIn}>
      <QueryClientProvider client={createQueryClient()}>
        <NotificationsProvider>
          <RouterProvider router={createRouter(signedIn)} />
        </NotificationsProvider>
      </QueryClientProvider>
    </SessionProvider>,
  );
}

/** Repeats reads that may succeed later, and never a refusal. */
function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 1000,
        retry: (failures, error) =>
          failures < 3 && !(error instanceof ApiProblem && error.status < 500 && error.status !== 429),
      },
    },
  });
}
