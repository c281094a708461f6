import type { Page } from '../../app/page.ts';
import * as text from '../../text/index.ts';

export const route: Page = {
  path: '/partner-services',
  requires: 'listPartnerServices',
  navigation: { section: 'customers', label: text.titles.partnerServices },
  load: () => import('./page.tsx'),
};
