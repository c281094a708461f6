import type { Page } from '../../app/page.ts';
import { text } from '../../text/index.ts';

export const route: Page = {
  path: '/desk/orders',
  requires: 'listManualOrders',
  navigation: { section: 'desk', label: text.desk.orders.title },
  load: () => import('./page.tsx'),
};
