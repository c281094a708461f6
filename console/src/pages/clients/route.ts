import type { Page } from '../../app/page.ts';
import { text } from '../../text/index.ts';

export const route: Page = {
  path: '/clients',
  requires: 'listOwnClients',
  navigation: { section: 'administration', label: text.clients.title },
  load: () => import('./page.tsx'),
};
