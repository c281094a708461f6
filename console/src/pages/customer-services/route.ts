import type { Page } from '../../app/page.ts';
import * as text from '../../text/index.ts';

export const route: Page = {
  path: '/customer-services',
  requires: 'listCustomerServices',
  navigation: { section: 'customers', label: text.titles.customerServices, customerLabel: text.titles.ownServices },
  load: () => import('./page.tsx'),
};
