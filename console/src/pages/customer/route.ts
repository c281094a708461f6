import type { Page } from '../../app/page.ts';

export const route: Page = {
  path: '/customers/:id',
  requires: 'getCustomer',
  load: () => import('./page.tsx'),
};
