import type { Page } from '../../app/page.ts';
import { text } from '../../text/index.ts';

export const route: Page = {
  path: '/tariffs',
  requires: 'listTariffs',
  navigation: { section: 'customers', label: text.tariffs.title },
  load: () => import('./page.tsx'),
};
