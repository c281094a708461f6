import type { OrderSubmission } from '../../../domain/operator-port.ts';
import type { OperatorConnection } from '../configuration.ts';
import type { OrderMetadata } from './accelerator-answers.ts';

/** What an order is charged to, from the secret. */
type Account = NonNullable<OperatorConnection['iotAccelerator']>;

/**
 * The order in the operator's terms, or why the operator cannot take it.
 *
 * The product is a SIM specification: the one whose id matches the product's, otherwise the only one. The contract and the package
 * are those of the secret, otherwise the only active ones.
 */
export function orderBody(
  order: OrderSubmission,
  metadata: OrderMetadata,
  account: Account,
): { body: Record<string, unknown> } | { problem: string } {
  const specification = specificationOf(order.productId, metadata);
  if (!specification) {
    const offered = metadata.simSpecifications.map(({ simSpecificationId }) => simSpecificationId).join(', ');
    return { problem: `The operator offers no SIM specification for the product ${order.productId}: ${offered}.` };
  }
  const { minimumOrderVolume = 1, orderIncrement = 1, simSpecificationId, earliestDeliveryDate } = specification;
  if (order.quantity < minimumOrderVolume || order.quantity % Math.max(1, orderIncrement) !== 0) {
    return { problem: `The operator takes multiples of ${orderIncrement} SIMs from ${minimumOrderVolume} on.` };
  }
  const contract = onlyOrNamed(metadata.serviceContracts, account.serviceContract);
  const packages = contract?.subscriptionPackages.filter(
    ({ status }) => (status ?? 'active').toLowerCase() === 'active',
  );
  const subscriptionPackage = onlyOrNamed(packages ?? [], account.subscriptionPackage);
  if (!contract || !subscriptionPackage) {
    return {
      problem:
        'The operator has no service contract with an active subscription package, or several and the secret names none.',
    };
  }
  const { contact, requestedDeliveryDate = earliestDeliveryDate } = order;
  return {
    body: {
      companyId: account.companyId,
      quantity: order.quantity,
      deliveryAddress: addressLine(order.deliveryAddress),
      simSpecification: simSpecificationId,
      serviceContract: contract.name,
      subscriptionPackage: subscriptionPackage.name,
      // SIMs stay barred until they are activated.
      initialState: 'Deactivated',
      contactName: contact?.name ?? order.deliveryAddress.name,
      contactEmail: contact?.email ?? '',
      contactPhone: contact?.phone ?? '',
      packageMarkings: order.orderId,
      preferredDeliveryDate: [requestedDeliveryDate, earliestDeliveryDate].sort().at(-1),
    },
  };
}

function specificationOf(productId: string | undefined, { simSpecifications }: OrderMetadata) {
  const slug = (text: string) => text.toLowerCase().replace(/[^a-z0-9]+/g, '-');
  return (
    simSpecifications.find(({ simSpecificationId }) => slug(simSpecificationId) === productId) ??
    (simSpecifications.length === 1 ? simSpecifications[0] : undefined)
  );
}

function onlyOrNamed<T extends { name: string }>(offered: readonly T[], name: string | undefined): T | undefined {
  return name === undefined && offered.length === 1 ? offered[0] : offered.find((each) => each.name === name);
}

function addressLine({ name, lines, city, postalCode, country }: OrderSubmission['deliveryAddress']): string {
  return [name, ...lines, ...(postalCode === undefined ? [] : [postalCode]), city, country].join(', ');
}
