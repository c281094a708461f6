import type { Page } from '../../app/page.ts';
import * as text from '../../text/index.ts';

export const route: Page = {
  path: '/desk/orders',
  requires: 'listManualOrders',
  navigation: { section: 'desk', label: text.titles.manualOrders },
  load: () => import('./page.tsx'),
};
