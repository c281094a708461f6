import type { Page } from '../../app/page.ts';
import { text } from '../../text/index.ts';

export const route: Page = {
  path: '/customer',
  requires: 'getOwnCustomer',
  navigation: { section: 'customers', label: text.customers.own },
  load: () => import('./page.tsx'),
};
