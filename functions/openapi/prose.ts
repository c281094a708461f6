import { type ProblemCode, problems } from '../http/problem.ts';

/** The introduction of the reference page: an overview of the API, how to get a token, and the conventions of all operations. */
export const introduction = `Order SIMs from mobile operators, put them into service and monitor them.

# How it fits together

1. **Order** SIMs of an operator (\`createOrder\`). The operator ships them within its lead time; \`quoteOrder\` estimates the delivery.
2. When they are delivered, the SIMs are in the **holding** service of their operator.
3. **Migrate** them to a *partner service*, on which you are charged.
4. **Assign** them to a *customer* and one of its *customer services*, whose tariff sets their allowance.
5. **Activate** them. From then on usage is counted, shown and watched by *alarms*.

Send a *plan* with the order to run steps 3 to 5 automatically. Bulk actions on SIMs return an *operation*, which reports its progress and the result for every SIM. *Webhooks* notify you of the progress of orders, finished operations, changes of SIMs, and alarms.

# Get a token

Every request needs \`Authorization: Bearer <token>\`, except operations that say "Requires no token".

- **Systems** use OAuth 2.0 client credentials. An admin creates an API client with \`POST /v1/clients\`, or the wholesaler does; request a token at its \`tokenUrl\` with its id and secret. A token is valid for \`expires_in\` seconds, at least one hour.
- **Users** sign in at the issuer of the deployment (OpenID Connect).
- **Only on the local cloud**: \`POST /_local/token\` with \`{ "partnerId": "demo", "roles": ["admin"] }\` returns one.

Each operation lists the roles that it requires. Requests for resources of other partners are answered with 404.

# Conventions

- Bodies are JSON in \`camelCase\`. Times are RFC 3339 in UTC. Data volumes are whole bytes.
- Lists return \`items\` and, unless it is the last page, \`nextCursor\`. Send \`Accept: text/csv\` for CSV.
- Send an \`Idempotency-Key\` with every \`POST\`, so that you can retry it safely.
- Send the \`ETag\` of a resource as \`If-Match\` to detect concurrent changes.
- Lists can lag about a second behind a write. Read a resource by its id for the latest state.
- Ignore fields and values that you do not know: new ones can be added at any time.
- Bodies have at most 1 MiB. API Gateway rejects bodies over 10 MB and excess requests with a body of its own, \`{ "message": "..." }\`.

# Errors

Errors are problem documents (RFC 9457, \`application/problem+json\`). \`code\` identifies the kind of problem, \`type\` links to its explanation, \`errors\` lists each invalid field, and \`instance\` is the id of the request. The end of this page explains the codes of problem documents.`;

/** The description of each tag of the reference page. A test checks that every tag of a route has one. */
export const tagDescriptions: Readonly<Record<string, string>> = {
  About: 'The state of the API and its description. These operations need no token.',
  Catalogue: 'Operators, the tariffs available to you, and your own partner details.',
  Customers: 'The customers that you serve.',
  'Customer services':
    'Services on which the SIMs of a customer run. The tariff, which can be changed at once or from the next period on, sets the allowance. Only an alarm with the action `suspend` blocks usage above it.',
  'Partner services': 'Services on which you are charged. Holding services receive newly delivered SIMs.',
  Orders: 'Orders of SIMs, their plans and their timelines.',
  SIMs: 'SIMs, and bulk actions on them.',
  Operations: 'Progress and results of bulk actions.',
  Usage: 'Data usage of SIMs and services.',
  Alarms: 'Notifications and automatic suspension when usage reaches a threshold.',
  Webhooks: 'Subscriptions to events, and their deliveries.',
  Events: 'The events that are sent to webhooks, signed according to Standard Webhooks.',
  Journal: 'Audit trail of accepted writes.',
  'Manual orders': 'For operators that take orders by e-mail or in a portal: the platform’s staff report what happens.',
  'Manual tasks': 'Work of the platform’s staff at operators without an API.',
  Differences: 'What differs between SIMs here and at their operators. Every SIM is compared within 24 hours.',
  Platform: 'Administration of partners, tariffs and failed work by the wholesaler.',
  Users: 'Users of the deployment’s user pool.',
  Clients: 'API clients with which the systems of partners get tokens.',
};

/** The format of the ids that the platform chooses, and of other parameters of a path. */
export const pathParameterDescriptions: Readonly<Record<string, string>> = {
  iccid: 'The ICCID of the SIM.',
  operatorId: '2 to 20 lower-case letters, digits and dashes. Starts and ends with a letter or digit.',
  partnerId: '1 to 64 letters, digits, dots, dashes and underscores. Starts with a letter or digit.',
  role: 'A role, such as `support`.',
  tariffId: '`trf_`, then 1 to 60 letters, digits, dots, dashes and underscores.',
};

/** The description of each named schema. */
export const schemaDescriptions: Readonly<Record<string, string>> = {
  Address: 'A postal address.',
  Alarm: 'A usage threshold and what happens when it is reached.',
  Client: 'An API client of a partner.',
  Contact: 'A contact person.',
  Customer: 'A customer of the partner.',
  CustomerEventData: 'The data of an event about a customer.',
  CustomerService: 'A service on which the SIMs of one customer run.',
  DeadLetter: 'Failed work that awaits redrive.',
  Delivery: 'The delivery of an event to a webhook.',
  DryRun: 'The outcome that a bulk action would have now.',
  Firing: 'An alarm that has fired.',
  JournalEntry: 'A write that was accepted.',
  RotatedClient: 'An API client with its new secret, which is shown only once.',
  NewClient: 'An API client with its secret, which is shown only once.',
  NewWebhook: 'A webhook with its secret, which is shown only once.',
  LoadedFile: 'The result of processing a file, row by row.',
  Connectivity: 'Whether a SIM has a data session, as its operator tells.',
  Difference: 'A difference between a SIM here and at its operator.',
  ManualTask: 'A task of the platform’s staff at an operator.',
  ManualTaskSim: 'A SIM of a manual task.',
  Operation: 'A bulk action on SIMs.',
  Operator: 'A mobile operator.',
  Order: 'An order of SIMs.',
  OrderEvent: 'An entry in the timeline of an order.',
  OrderEventData: 'The data of an event about an order.',
  Partner: 'A partner of the wholesaler.',
  SimProduct: 'A kind of SIM that an operator sells.',
  PlatformOperator: 'An operator with all its settings.',
  OwnCustomer: 'A customer, as its own users see it.',
  PartnerOrder: 'An order, with the id of its partner.',
  PartnerService: 'A service on which the partner is charged.',
  PartnerSim: 'A SIM, with the id of its partner.',
  Plan: 'What happens automatically with the SIMs of an order on arrival.',
  Quote: 'Whether a quantity can be ordered, and when it would arrive.',
  Result: 'The result of an operation for one SIM.',
  ServiceUsage: 'The usage of a service in one month.',
  Sim: 'A SIM.',
  SimCounts: 'The number of SIMs in each state.',
  SimFields: 'The field names of a partner’s SIMs.',
  SimEvent: 'An entry in the timeline of a SIM.',
  SimDiffersData: 'The data of an event about a SIM that differs at its operator.',
  SimReplacedData: 'The data of an event about a SIM that another one has replaced.',
  SimEventData: 'The data of an event about a SIM.',
  SimUsage: 'The usage of a SIM in a range of time.',
  Tariff: 'A tariff of the wholesaler.',
  TestEventData: 'The data of a test event.',
  UsageByService: 'The usage of a service in one month, in the list of all services.',
  UsageFile: 'The result of uploading a file of usage records.',
  User: 'A user of the deployment’s user pool.',
  Webhook: 'A subscription to events.',
};

/** Every problem code with its status and explanation, in the order of the reference page. */
export function problemCodes(): { code: string; status: number; explanation: string }[] {
  const ofProblems = Object.entries(problems).map(([code, [status, title, explanation]]) => ({
    code,
    status,
    explanation: `${title}. ${explanation}`,
  }));
  const isProblem = (code: string): code is ProblemCode => Object.hasOwn(problems, code);
  const ofInput = Object.entries(inputCodes)
    .filter(([code]) => !isProblem(code))
    .map(([code, explanation]) => ({ code, status: 422, explanation }));
  return [...ofProblems, ...ofInput];
}

/** The explanations of input errors, by their `errors[].code`. */
const inputCodes: Readonly<Record<string, string>> = {
  activate_needs_assign: 'Only SIMs that are assigned to a customer can be activated.',
  confirm_mismatch:
    '`confirm` must be the number of selected SIMs or, for an empty filter, of all SIMs received and imported so far.',
  duplicate: 'The list names the same item twice.',
  one_default: 'Exactly one product must be the default.',
  not_supported: 'The operator’s platform or this release does not support the setting.',
  customer_needs_partner: 'A user of a customer needs the `partnerId` of the customer.',
  exactly_one: 'Set exactly one of the fields that the message names.',
  holding_target: 'SIMs cannot be migrated to a holding service. Choose one of your own partner services.',
  https_only: 'The URL of a webhook must use `https`. The local cloud also accepts `http`.',
  invalid_domain: 'The domain of the email address is invalid.',
  invalid_element: 'An item of the list is invalid.',
  invalid_format: 'The text does not have the required format.',
  invalid_iccid: 'An ICCID has 18 to 20 digits. With most operators, the last one is a check digit.',
  nothing_to_change: 'The request contains no change.',
  limit_exceeded: 'The SIM would have more tags, fields or text than allowed.',
  invalid_key: 'A field name is invalid.',
  invalid_type: 'The value has the wrong type.',
  invalid_union: 'The value has none of the permitted forms.',
  invalid_value: 'The value is not one of the permitted values.',
  maximum: 'The value is above the maximum that the message names. A quantity is at most 100,000.',
  minimum:
    'The value is below the minimum that the message names. A quantity is at least the operator’s `orderMultiple`.',
  multiple_of:
    'The quantity is not a multiple of the operator’s `orderMultiple`. `nearest` contains the nearest valid quantities.',
  not_a_pool: 'An alarm on a single SIM must have the measure `sim`.',
  not_multiple_of: 'The number is not a multiple of the number that the message names.',
  invalid_port: 'The port of a webhook must be 443 or 8443. On the local cloud any port is accepted.',
  not_public: 'The URL of a webhook must lead to a public internet address.',
  range: 'The time range is empty, reversed, too long, or outside of the permitted years.',
  repeated: 'The header row names a column more than once.',
  required: 'The field or column is missing.',
  role_of_others: 'The role is not available to this kind of user.',
  service_of_other_customer: 'The customer service does not belong to the customer.',
  tariff_mismatch: 'The tariff of the service does not cover the operator of the SIMs.',
  too_big: 'The number is too large, or the text or list too long.',
  too_far_ahead: '`effectiveAt` is more than 180 days ahead.',
  too_small: 'The number is too small, or the text or list too short.',
  unknown_country: 'The country is not an ISO 3166-1 alpha-2 code such as `GB`.',
  postal_code_required: 'Addresses in this country need a postal code.',
  invalid_network: 'A network must be an MCC and MNC of five or six digits.',
  unknown_field: 'The field or column does not exist. Check its spelling.',
  unreadable: 'The text has no visible character, or contains characters that change the text direction.',
  whole_number: 'The quantity is not a whole number.',
  wrong_audience: 'Partner services need a tariff for partners, customer services a tariff for customers.',
};
