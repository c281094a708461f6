import { StageError } from './stage-error.ts';

/** @throws StageError when it is not the address of a page. */
export function consoleUrlFrom(url: string | undefined): string | undefined {
  if (url !== undefined && !isPage(url)) {
    throw new StageError(`"${url}" is not the address of a page: -c consoleUrl=https://console.example.net`);
  }
  return url;
}

/** @throws StageError when an entry is not a full origin. */
export function originsFrom(list: string | undefined): readonly string[] {
  const origins = list?.split(',').map((origin) => origin.trim()) ?? [];
  const wrong = origins.find((origin) => !isOrigin(origin));
  if (wrong !== undefined) {
    throw new StageError(
      `"${wrong}" is not an origin. Give full origins: -c corsOrigins=https://console.example.net,https://portal.example.net`,
    );
  }
  return origins;
}

/** A scheme, a host and optionally a port. */
function isOrigin(text: string): boolean {
  return !text.includes('*') && isPage(text) && new URL(text).origin === text;
}

/** The URL of a page. Without TLS, only on `localhost`. */
function isPage(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname } = new URL(text);
  return protocol === 'https:' || (protocol === 'http:' && hostname === 'localhost');
}
