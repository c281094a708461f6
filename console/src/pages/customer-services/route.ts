import type { Page } from '../../app/page.ts';
import { text } from '../../text/index.ts';

export const route: Page = {
  path: '/customer-services',
  requires: 'listCustomerServices',
  navigation: { section: 'customers', label: text.services.customerTitle },
  load: () => import('./page.tsx'),
};
