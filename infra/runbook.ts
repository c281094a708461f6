import project from '../package.json' with { type: 'json' };

const FILE = 'docs/runbook.md';

/** The link to an alarm's page in the runbook. The heading of the page is the name of the alarm. */
export function runbookPage(alarmName: string): string {
  return `${repositoryUrl()}${FILE}#${alarmName.toLowerCase()}`;
}

/** The base URL for files of the repository in package.json, on GitHub or GitLab; empty when package.json names none. */
function repositoryUrl(): string {
  const { repository }: { repository?: unknown } & typeof project = project;
  return typeof repository === 'string' ? `${repository.replace(/\/+$/, '')}/blob/HEAD/` : '';
}
