import { customerServiceKind } from '../../services/service-kind.ts';
import { ServicePage } from '../../services/service-page.tsx';

export default function CustomerServicePage() {
  return <ServicePage kind={customerServiceKind} />;
}
