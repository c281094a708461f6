import type { Page } from '../../app/page.ts';

export const route: Page = {
  path: '/partner-services/:id',
  requires: 'getPartnerService',
  load: () => import('./page.tsx'),
};
