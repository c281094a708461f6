import type { OperatorId } from '../../domain/ids.ts';
import type { PlatformKind } from '../../domain/operator.ts';
import type { OperatorGateway } from '../../domain/operator-port.ts';
import { controlCenterGateway } from './control-center/control-center-gateway.ts';
import { controlCenterProtocol } from './control-center/control-center-protocol.ts';
import { iotAcceleratorGateway } from './iot-accelerator/accelerator-gateway.ts';
import { iotAcceleratorProtocol, loginProtocol } from './iot-accelerator/protocol.ts';
import { simFulfilmentGateway, simFulfilmentProtocol } from './sim-fulfilment/gateway.ts';
import { operatorTransport, type TransportOptions } from './transport.ts';

/** Gateways to operators, by the kind of their platform. */
export function operatorGateways(
  options: TransportOptions,
): (kind: PlatformKind, operatorId: OperatorId) => OperatorGateway {
  const transportTo = operatorTransport(options);
  return (kind, operatorId) => {
    switch (kind) {
      case 'sim-fulfilment':
        return simFulfilmentGateway(transportTo(operatorId, simFulfilmentProtocol));
      case 'iot-accelerator': {
        const login = transportTo(operatorId, loginProtocol);
        return iotAcceleratorGateway(transportTo(operatorId, iotAcceleratorProtocol(login.call)));
      }
      case 'control-center':
        return controlCenterGateway(transportTo(operatorId, controlCenterProtocol));
    }
  };
}
