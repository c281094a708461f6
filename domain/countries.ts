/** The country codes of ISO 3166-1 alpha-2, without reserved and user-assigned codes. */
const CODES =
  'AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ ' +
  'CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR ' +
  'GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP ' +
  'KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT ' +
  'MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW ' +
  'SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG ' +
  'UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW';

/**
 * The countries in which an address is complete without a postal code: they have none, or most addresses are written without
 * it, as in Ireland. Source: the address formats of the Universal Postal Union.
 */
const WITHOUT_POSTAL_CODE =
  'AE AG AO AW BF BI BJ BO BQ BS BW BZ CD CF CG CI CK CM CW DJ DM ER FJ GA GD GH GM GQ GY HK IE JM KI KM KN KP LC LY ML ' +
  'MO MR MW NA NR NU PA QA RW SB SC SL SR SS ST SX SY TD TG TK TL TO TT TV UG VU YE ZW';

/** Common mistakes, with the correct ISO 3166 code. */
const MISTAKEN: ReadonlyMap<string, string> = new Map([
  ['UK', 'GB'],
  ['EN', 'GB'],
  ['EL', 'GR'],
  ['SF', 'FI'],
  ['FX', 'FR'],
]);

const codes: ReadonlySet<string> = new Set(CODES.split(' '));
const withoutPostalCode: ReadonlySet<string> = new Set(WITHOUT_POSTAL_CODE.split(' '));

/** Why a text is not a country code of ISO 3166-1; `undefined` for a valid code. */
export function countryProblem(code: string): string | undefined {
  if (codes.has(code)) {
    return undefined;
  }
  const meant = MISTAKEN.get(code);
  return meant === undefined
    ? `must be an ISO 3166-1 alpha-2 code; ${code} is unknown`
    : `must be an ISO 3166-1 alpha-2 code; use ${meant} instead of ${code}`;
}

/** Whether an address in a country needs a postal code. */
export const needsPostalCode = (country: string): boolean => !withoutPostalCode.has(country);
