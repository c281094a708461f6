import type { ApiAnswer } from '../operators-api.ts';

/** An error of the login and of orders. */
export function error(status: number, code: number, message: string, detailedMessage?: string): ApiAnswer {
  return { status, body: { code, httpStatus: status, message, ...(detailedMessage ? { detailedMessage } : {}) } };
}

/** An error of changes and searches (RFC 9457). */
export function problem(status: number, title: string, detail: string): ApiAnswer {
  return { status, body: { type: 'about:blank', title, status, detail } };
}

/** An error of something between the caller and the platform: a page for people. */
export function htmlError(status: number, title: string): ApiAnswer {
  return { status, body: `<html><head><title>${status} ${title}</title></head><body><h1>${title}</h1></body></html>` };
}
