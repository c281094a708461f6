/**
 * The number ranges of the operators. An issuer prefix is 89, the country code and the issuer (ITU-T E.118); an IMSI begins with the
 * network's MCC and MNC (ITU-T E.212). The 19 or 20 digits of an ICCID include its check digit.
 */
export const networks = {
  '3uk': { name: 'Three UK', mccMnc: '23420', issuerPrefix: '894420', iccidLength: 19, msisdnPrefix: '+447' },
  '3ireland': { name: 'Three Ireland', mccMnc: '27205', issuerPrefix: '8935305', iccidLength: 20 },
  orange: { name: 'Orange France', mccMnc: '20801', issuerPrefix: '893301', iccidLength: 19 },
  a1: { name: 'A1 Austria', mccMnc: '23201', issuerPrefix: '894301', iccidLength: 20, msisdnPrefix: '+43' },
} as const satisfies Record<string, Network>;

export type Network = {
  name: string;
  mccMnc: string;
  issuerPrefix: string;
  iccidLength: 19 | 20;
  /** Absent when the operator's SIMs are data-only and have no phone number. */
  msisdnPrefix?: string;
};

export type OperatorId = keyof typeof networks;

export const operatorIds = ['3uk', '3ireland', 'orange', 'a1'] as const satisfies readonly OperatorId[];

/** Whether the sandbox simulates an operator with this id. */
export function isOperatorId(id: string): id is OperatorId {
  return Object.hasOwn(networks, id);
}
