import type { Page } from '../../app/page.ts';
import * as text from '../../text/index.ts';

export const route: Page = {
  path: '/sim-fields',
  requires: 'saveSimFields',
  navigation: { section: 'administration', label: text.titles.simFields },
  load: () => import('./page.tsx'),
};
