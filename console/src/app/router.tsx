import Box from '@cloudscape-design/components/box';
import { createBrowserRouter, useRouteError } from 'react-router';
import { pages } from '../pages/index.ts';
import type { SignedIn } from '../session/session-context.tsx';
import * as text from '../text/index.ts';
import { isShown } from './page.ts';
import { usePageTitle } from './page-title.tsx';
import { ProblemAlert } from './problem-alert.tsx';
import { Shell } from './shell.tsx';

/**
 * The pages of the console. Each is loaded when it is first opened. Pages that the user may not open are not found: without routes of
 * their own, the parameter of another page would match them, as `/orders/:id` matches `/orders/new`.
 */
export function createRouter({ can }: Pick<SignedIn, 'can'>) {
  return createBrowserRouter([
    {
      element: <Shell />,
      HydrateFallback: Nothing,
      children: [
        ...pages.map((page) =>
          isShown(page, can)
            ? {
                path: page.path,
                errorElement: <BrokenPage />,
                lazy: async () => ({ Component: (await page.load()).default }),
              }
            : { path: page.path, element: <NotFound /> },
        ),
        { path: '*', element: <NotFound /> },
      ],
    },
  ]);
}

/** While the first page loads. */
function Nothing() {
  return null;
}

function NotFound() {
  usePageTitle(text.shell.notFoundTitle);
  return <Box variant="h1">{text.shell.notFound}</Box>;
}

function BrokenPage() {
  usePageTitle(text.shell.broken);
  return <ProblemAlert error={useRouteError()} onRetry={() => window.location.reload()} />;
}
