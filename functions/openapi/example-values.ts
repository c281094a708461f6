/* Values that several examples share. */

export const createdAt = '2026-11-02T09:30:00.000Z';
export const updatedAt = '2026-11-05T14:12:07.512Z';
export const exampleStamps = { createdAt, updatedAt, version: 3 };

export const orderId = 'ord_01JBP4C5K8D3M6Q9S2V5X8Z1B4';
export const operationId = 'op_01JBY7A2D5G8J1M4P7S0V3Y6B9';
export const customerId = 'cus_01JBP1H4K7N0Q3T6W9Z2C5F8J1';
export const customerServiceId = 'csv_01JBP1R5V8Y1B4E7H0K3N6Q9T2';
export const partnerServiceId = 'psv_01JBP1M3Q6T9W2Z5C8F1J4M7P0';
export const alarmId = 'alm_01JBZ2E5H8K1N4Q7T0W3Z6C9F2';
export const webhookId = 'whk_01JBZ9P2S5V8Y1B4E7H0K3N6Q9';
export const userId = '6f1c2a0e-4b7d-4a52-9a53-1d2e3f405162';
export const iccid = '8944200000000000017';

export const exampleContact = { name: 'Ada Byrne', email: 'ada@acme.example', phone: '+44 20 7946 0018' };
export const exampleAddress = {
  name: 'Acme Connectivity Ltd',
  lines: ['1 Dock Road'],
  city: 'London',
  postalCode: 'E16 1AA',
  country: 'GB',
};
export const exampleCustomer = {
  id: customerId,
  name: 'Northwind Meters Ltd',
  shortName: 'Northwind Meters',
  registrationNumber: '08123456',
  contact: { name: 'Nora Quinn', email: 'nora@northwind.example' },
  addresses: {
    delivery: {
      name: 'Northwind Meters Ltd, Depot',
      lines: ['Unit 4', '20 Mill Lane'],
      city: 'Leeds',
      postalCode: 'LS1 4AP',
      country: 'GB',
    },
  },
  contacts: [{ name: 'Sam Okoye', email: 'installations@northwind.example' }],
};
export const product = { id: 'triple', name: 'Triple-cut SIM', formFactor: 'triple', default: true };
export const tariffTerms = {
  name: 'Meters 100 MB',
  operatorIds: ['3uk', '3ireland'],
  networks: ['3 UK', '3 Ireland'],
  allowanceBytes: 104_857_600,
  pooling: 'dynamic_pool',
  minimumTermMonths: 12,
  monthlyPrice: { amount: '1.50', currency: 'GBP' },
};
