import type { Page } from '../../app/page.ts';
import * as text from '../../text/index.ts';

export const route: Page = {
  path: '/desk/tasks',
  requires: 'listManualTasks',
  navigation: { section: 'desk', label: text.titles.manualTasks },
  load: () => import('./page.tsx'),
};
