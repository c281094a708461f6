import type { Page } from '../../app/page.ts';

export const route: Page = {
  path: '/sims/:iccid',
  requires: 'getSim',
  load: () => import('./page.tsx'),
};
