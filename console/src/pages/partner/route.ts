import type { Page } from '../../app/page.ts';

export const route: Page = {
  path: '/platform/partners/:partnerId',
  requires: 'readPartner',
  load: () => import('./page.tsx'),
};
