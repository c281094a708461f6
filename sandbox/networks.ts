import { createHash } from 'node:crypto';

/**
 * The number ranges of the operators of the guide. An issuer prefix is 89, the country code and the issuer (ITU-T E.118); an IMSI begins with the
 * network's MCC and MNC (ITU-T E.212). The 19 or 20 digits of an ICCID include its check digit.
 */
const networks: Readonly<Record<string, Network>> = {
  '3uk': { name: 'Three UK', mccMnc: '23420', issuerPrefix: '894420', iccidLength: 19, msisdnPrefix: '+447' },
  '3ireland': { name: 'Three Ireland', mccMnc: '27205', issuerPrefix: '8935305', iccidLength: 20 },
  orange: { name: 'Orange France', mccMnc: '20801', issuerPrefix: '893301', iccidLength: 19 },
  a1: { name: 'A1 Austria', mccMnc: '23201', issuerPrefix: '894301', iccidLength: 20, msisdnPrefix: '+43' },
};

export type Network = {
  name: string;
  mccMnc: string;
  issuerPrefix: string;
  iccidLength: 19 | 20;
  /** Absent when the operator's SIMs are data-only and have no phone number. */
  msisdnPrefix?: string;
};

/** Any operator can be simulated. */
export type OperatorId = string;

/**
 * The network of an operator. Operators other than those of the guide get a made-up network among the international ones
 * (MCC 901, issuer prefix 89883), and data-only SIMs. A SIM has one owner in the whole system, so two such operators must not issue the
 * same ICCIDs: of two ids, one in 10,000 pairs would.
 */
export function networkOf(operatorId: OperatorId): Network {
  const known = Object.hasOwn(networks, operatorId) ? networks[operatorId] : undefined;
  if (known) {
    return known;
  }
  const number = createHash('sha256').update(operatorId).digest().readUInt32BE() % 10_000;
  const four = String(number).padStart(4, '0');
  return { name: operatorId, mccMnc: `901${four.slice(-2)}`, issuerPrefix: `89883${four}`, iccidLength: 20 };
}
