import type { Page } from '../../app/page.ts';
import { text } from '../../text/index.ts';

export const route: Page = {
  path: '/platform/users',
  requires: 'listUsers',
  navigation: { section: 'platform', label: text.users.title },
  load: () => import('./page.tsx'),
};
