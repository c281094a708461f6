import type { Page } from '../../app/page.ts';
import * as text from '../../text/index.ts';

export const route: Page = {
  path: '/alarm-firings',
  requires: 'listFirings',
  navigation: { section: 'customers', label: text.titles.firings },
  load: () => import('./page.tsx'),
};
