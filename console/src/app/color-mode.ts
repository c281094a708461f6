import { applyMode, Mode } from '@cloudscape-design/global-styles';

const KEY = 'console-color-mode';

/** Whether the console is dark: as the user chose, or as the system is. */
export function isDark(): boolean {
  const chosen = window.localStorage.getItem(KEY);
  return chosen === null ? window.matchMedia('(prefers-color-scheme: dark)').matches : chosen === 'dark';
}

export function setDark(dark: boolean): void {
  window.localStorage.setItem(KEY, dark ? 'dark' : 'light');
  applyColorMode();
}

export function applyColorMode(): void {
  applyMode(isDark() ? Mode.Dark : Mode.Light);
}
