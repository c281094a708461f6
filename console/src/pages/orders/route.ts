import type { Page } from '../../app/page.ts';
import { text } from '../../text/index.ts';

export const route: Page = {
  path: '/orders',
  requires: 'listOrders',
  navigation: { section: 'sims', label: text.orders.title },
  load: () => import('./page.tsx'),
};
