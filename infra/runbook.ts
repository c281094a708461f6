import project from '../package.json' with { type: 'json' };

const FILE = 'docs/runbook.md';

/** Where to read what an alarm means and what to do: its heading in the runbook is its name. */
export function runbookPage(alarmName: string): string {
  return `${repositoryUrl()}${FILE}#${alarmName.toLowerCase()}`;
}

/** Of the repository that package.json names, as GitHub and GitLab show files; nothing while it names none. */
function repositoryUrl(): string {
  const { repository }: { repository?: unknown } & typeof project = project;
  return typeof repository === 'string' ? `${repository.replace(/\/+$/, '')}/blob/HEAD/` : '';
}
