import { connectivitySchema, showConnectivity } from '../../contract/connectivity.ts';
import { readConnectivity } from '../../use-cases/sims/read-connectivity.ts';
import { okResource, route } from '../http/route.ts';

/** What operators report about a SIM on request. */
export const connectivityRoutes = [
  route({
    method: 'GET',
    path: '/v1/sims/{iccid}/connectivity',
    operationId: 'getSimConnectivity',
    access: 'see_own',
    tag: 'SIMs',
    summary: 'Get the data session of a SIM',
    description:
      'Asks the operator now, which takes a second or more. 409 `not_supported` where the operator cannot tell, 503 `operator_unavailable` where it does not respond.',
    answers: { 200: connectivitySchema },
    handle: async ({ caller, path: { iccid }, now }) =>
      okResource(showConnectivity(await readConnectivity(caller, iccid, now))),
  }),
];
