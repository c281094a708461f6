import type { Page } from '../../app/page.ts';
import * as text from '../../text/index.ts';

export const route: Page = {
  path: '/customers',
  requires: 'listCustomers',
  navigation: { section: 'customers', label: text.titles.customers },
  load: () => import('./page.tsx'),
};
