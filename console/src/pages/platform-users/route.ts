import type { Page } from '../../app/page.ts';
import * as text from '../../text/index.ts';

export const route: Page = {
  path: '/platform/users',
  requires: 'listUsers',
  navigation: { section: 'platform', label: text.titles.users },
  load: () => import('./page.tsx'),
};
