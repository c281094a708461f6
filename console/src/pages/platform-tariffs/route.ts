import type { Page } from '../../app/page.ts';
import * as text from '../../text/index.ts';

export const route: Page = {
  path: '/platform/tariffs',
  requires: 'listAllTariffs',
  navigation: { section: 'platform', label: text.titles.tariffs },
  load: () => import('./page.tsx'),
};
