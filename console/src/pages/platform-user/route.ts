import type { Page } from '../../app/page.ts';

export const route: Page = {
  path: '/platform/users/:userId',
  requires: 'getUser',
  load: () => import('./page.tsx'),
};
