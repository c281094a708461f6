import * as z from 'zod/mini';

/**
 * The format of an email address: an ASCII mailbox at a domain of two or more labels, in any script (`info@müller.example`)
 * or in ASCII (`xn--`).
 */
export const EMAIL =
  /^(?:[A-Za-z0-9_'+-]+\.)*[A-Za-z0-9_'+-]*[A-Za-z0-9_+-]@(?:[A-Za-z0-9\u0080-\uffff][A-Za-z0-9\u0080-\uffff-]*\.)+(?:[A-Za-z\u0080-\uffff]{2,}|[Xx][Nn]--[A-Za-z0-9-]*[A-Za-z0-9])$/;

/** Whether the domain of an address, possibly internationalised, is valid for email. */
export function hasMailDomain(address: string): boolean {
  const domain = address.slice(address.lastIndexOf('@') + 1);
  // URL applies UTS 46, as mail clients do.
  return URL.canParse(`http://${domain}`) && /^[a-z0-9.-]+\.[a-z0-9-]{2,}$/.test(new URL(`http://${domain}`).hostname);
}

/** The schema of an email address of up to 200 characters. */
export function emailAddress() {
  const schema = z.email({ pattern: EMAIL }).check(
    z.maxLength(200),
    z.superRefine((address, context) => {
      if (EMAIL.test(address) && !hasMailDomain(address)) {
        const message = 'must have a valid domain';
        context.addIssue({ code: 'custom', message, params: { code: 'invalid_domain' } });
      }
    }),
  );
  z.globalRegistry.add(schema, { format: 'idn-email' });
  return schema;
}
