import type { Page } from '../../app/page.ts';
import * as text from '../../text/index.ts';

export const route: Page = {
  path: '/orders',
  requires: 'listOrders',
  navigation: { section: 'sims', label: text.titles.orders },
  load: () => import('./page.tsx'),
};
