import type { Page } from '../../app/page.ts';
import { text } from '../../text/index.ts';

export const route: Page = {
  path: '/webhooks',
  requires: 'listWebhooks',
  navigation: { section: 'administration', label: text.webhooks.title },
  load: () => import('./page.tsx'),
};
