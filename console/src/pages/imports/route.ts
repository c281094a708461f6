import type { Page } from '../../app/page.ts';
import * as text from '../../text/index.ts';

export const route: Page = {
  path: '/platform/imports',
  requires: 'importSims',
  navigation: { section: 'platform', label: text.titles.imports },
  load: () => import('./page.tsx'),
};
