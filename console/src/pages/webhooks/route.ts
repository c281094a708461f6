import type { Page } from '../../app/page.ts';
import * as text from '../../text/index.ts';

export const route: Page = {
  path: '/webhooks',
  requires: 'listWebhooks',
  navigation: { section: 'administration', label: text.titles.webhooks },
  load: () => import('./page.tsx'),
};
