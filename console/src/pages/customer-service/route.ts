import type { Page } from '../../app/page.ts';

export const route: Page = {
  path: '/customer-services/:id',
  requires: 'getCustomerService',
  load: () => import('./page.tsx'),
};
