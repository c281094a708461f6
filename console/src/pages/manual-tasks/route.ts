import type { Page } from '../../app/page.ts';
import { text } from '../../text/index.ts';

export const route: Page = {
  path: '/desk/tasks',
  requires: 'listManualTasks',
  navigation: { section: 'desk', label: text.desk.tasks.title },
  load: () => import('./page.tsx'),
};
