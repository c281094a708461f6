import type { Page } from '../../app/page.ts';
import * as text from '../../text/index.ts';

export const route: Page = {
  path: '/tariffs',
  requires: 'listTariffs',
  navigation: { section: 'customers', label: text.titles.tariffs },
  load: () => import('./page.tsx'),
};
