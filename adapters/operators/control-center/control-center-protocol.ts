import * as z from 'zod/mini';
import type { Protocol } from '../transport.ts';

/** Paths below the base URL. */
export const devicePaths = {
  devices: '/devices',
  device: (iccid: string) => `/devices/${encodeURIComponent(iccid)}`,
  session: (iccid: string) => `/devices/${encodeURIComponent(iccid)}/sessionInfo`,
  usage: (iccid: string, days: { startDate: string; endDate: string }) =>
    `/devices/${encodeURIComponent(iccid)}/usage?${new URLSearchParams(days)}`,
};

/** The error codes that this adapter knows. */
export const codes = {
  badCredentials: '10000001',
  /** `modifiedSince` lies more than a year back. */
  sinceTooEarly: '10000045',
  /** `modifiedSince` lies in the future. */
  sinceInFuture: '10002119',
  unknownSim: '20000001',
  /** The SIM has the requested status already. */
  alreadySo: '10030000',
  tooManyCalls: '40000029',
} as const;

const errorSchema = z.lazy(() =>
  z.object({
    errorMessage: z.optional(z.string()),
    errorCode: z.pipe(
      z.union([z.string(), z.int()]),
      z.transform((code) => String(code)),
    ),
  }),
);

/** An error of the platform's own; `undefined` for any other body, such as an HTML page. */
export function errorIn(body: unknown): { code: string; reason: string } | undefined {
  const { data } = errorSchema.safeParse(body);
  return data && { code: data.errorCode, reason: data.errorMessage ?? `Error ${data.errorCode}` };
}

/** HTTP Basic with a user name and an API key. Too many calls are answered with 400 and a code. */
export const controlCenterProtocol: Protocol = {
  missing: ({ controlCenter }) =>
    controlCenter === undefined ? "the operator's entry in the secret has no controlCenter" : undefined,
  async authorization({ controlCenter }) {
    return { authorization: `Basic ${encodedCredentials(controlCenter)}` };
  },
  secrets: ({ controlCenter }) =>
    controlCenter === undefined
      ? []
      : [
          [encodedCredentials(controlCenter), '[credentials]'],
          [controlCenter.apiKey, '[API key]'],
          [controlCenter.username, '[user name]'],
        ],
  reasonIn: (body) => errorIn(body)?.reason,
  // A 400 is transient only when it means too many calls. They are counted by the second.
  pauseMs: (status) => (status === 400 ? 1_000 - (Date.now() % 1_000) : undefined),
  isRateLimited: (_status, body) => errorIn(body)?.code === codes.tooManyCalls,
};

function encodedCredentials(credentials: { username: string; apiKey: string } | undefined): string {
  return Buffer.from(`${credentials?.username}:${credentials?.apiKey}`).toString('base64');
}
