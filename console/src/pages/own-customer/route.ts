import type { Page } from '../../app/page.ts';
import * as text from '../../text/index.ts';

export const route: Page = {
  path: '/customer',
  requires: 'getOwnCustomer',
  navigation: { section: 'customers', label: text.titles.ownCustomer },
  load: () => import('./page.tsx'),
};
