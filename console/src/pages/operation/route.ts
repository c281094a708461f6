import type { Page } from '../../app/page.ts';

export const route: Page = {
  path: '/operations/:id',
  requires: 'getOperation',
  load: () => import('./page.tsx'),
};
