import type { Page } from '../../app/page.ts';
import { text } from '../../text/index.ts';

export const route: Page = {
  path: '/customers',
  requires: 'listCustomers',
  navigation: { section: 'customers', label: text.customers.title },
  load: () => import('./page.tsx'),
};
