import type { Page } from '../../app/page.ts';
import { text } from '../../text/index.ts';

export const route: Page = {
  path: '/sims',
  requires: 'listSims',
  navigation: { section: 'sims', label: text.sims.title },
  load: () => import('./page.tsx'),
};
