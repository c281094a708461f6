import type { Page } from '../../app/page.ts';
import { text } from '../../text/index.ts';

export const route: Page = {
  path: '/platform/tariffs',
  requires: 'listAllTariffs',
  navigation: { section: 'platform', label: text.tariffs.title },
  load: () => import('./page.tsx'),
};
