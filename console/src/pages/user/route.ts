import type { Page } from '../../app/page.ts';

export const route: Page = {
  path: '/users/:id',
  requires: 'getPartnerUser',
  load: () => import('./page.tsx'),
};
