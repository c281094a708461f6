import type { Page } from '../../app/page.ts';
import { text } from '../../text/index.ts';

export const route: Page = {
  path: '/users',
  requires: 'listPartnerUsers',
  navigation: { section: 'administration', label: text.users.title },
  load: () => import('./page.tsx'),
};
