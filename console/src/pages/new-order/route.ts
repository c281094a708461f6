import type { Page } from '../../app/page.ts';

export const route: Page = {
  path: '/orders/new',
  requires: 'createOrder',
  load: () => import('./page.tsx'),
};
