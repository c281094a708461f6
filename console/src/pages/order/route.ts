import type { Page } from '../../app/page.ts';

export const route: Page = {
  path: '/orders/:id',
  requires: 'getOrder',
  load: () => import('./page.tsx'),
};
