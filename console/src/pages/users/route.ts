import type { Page } from '../../app/page.ts';
import * as text from '../../text/index.ts';

export const route: Page = {
  path: '/users',
  requires: 'listPartnerUsers',
  navigation: { section: 'administration', label: text.titles.users },
  load: () => import('./page.tsx'),
};
