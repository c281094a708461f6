import type { Page } from '../../app/page.ts';

export const route: Page = {
  path: '/webhooks/:id',
  requires: 'getWebhook',
  load: () => import('./page.tsx'),
};
