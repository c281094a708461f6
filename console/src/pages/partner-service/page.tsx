import { partnerServiceKind } from '../../services/service-kind.ts';
import { ServicePage } from '../../services/service-page.tsx';

export default function PartnerServicePage() {
  return <ServicePage kind={partnerServiceKind} />;
}
