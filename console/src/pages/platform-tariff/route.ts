import type { Page } from '../../app/page.ts';

export const route: Page = {
  path: '/platform/tariffs/:tariffId',
  requires: 'readTariff',
  load: () => import('./page.tsx'),
};
