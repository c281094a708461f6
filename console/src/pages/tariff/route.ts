import type { Page } from '../../app/page.ts';

export const route: Page = {
  path: '/tariffs/:id',
  requires: 'getTariff',
  load: () => import('./page.tsx'),
};
