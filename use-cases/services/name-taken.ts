import { Refusal } from '../refusal.ts';

/** The refusal for a name that another service of the customer has. */
export function nameTaken(name: string): Refusal {
  return new Refusal('name_taken', `The customer already has a service named ${JSON.stringify(name)}.`, {
    errors: [{ pointer: '/name', code: 'name_taken', message: 'Service names are unique per customer.' }],
  });
}
