import type { Page } from '../../app/page.ts';
import * as text from '../../text/index.ts';

export const route: Page = {
  path: '/clients',
  requires: 'listOwnClients',
  navigation: { section: 'administration', label: text.titles.clients },
  load: () => import('./page.tsx'),
};
