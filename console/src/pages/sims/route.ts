import type { Page } from '../../app/page.ts';
import * as text from '../../text/index.ts';

export const route: Page = {
  path: '/sims',
  requires: 'listSims',
  navigation: { section: 'sims', label: text.titles.sims },
  load: () => import('./page.tsx'),
};
