import type { Page } from '../../app/page.ts';

export const route: Page = {
  path: '/desk/orders/:partnerId/:orderId',
  requires: 'readPartnerOrder',
  load: () => import('./page.tsx'),
};
