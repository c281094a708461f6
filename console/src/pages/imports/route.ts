import type { Page } from '../../app/page.ts';
import { text } from '../../text/index.ts';

export const route: Page = {
  path: '/platform/imports',
  requires: 'importSims',
  navigation: { section: 'platform', label: text.platform.imports.title },
  load: () => import('./page.tsx'),
};
