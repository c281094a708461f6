import type { Page } from '../../app/page.ts';
import * as text from '../../text/index.ts';

export const route: Page = {
  path: '/platform/partners',
  requires: 'listPartners',
  navigation: { section: 'platform', label: text.titles.partners },
  load: () => import('./page.tsx'),
};
