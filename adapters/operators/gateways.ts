import type { OperatorId } from '../../domain/ids.ts';
import type { PlatformKind } from '../../domain/operator.ts';
import type { OperatorGateway } from '../../domain/operator-port.ts';
import { controlCenterGateway } from './control-center/control-center-gateway.ts';
import { controlCenterProtocol } from './control-center/control-center-protocol.ts';
import { iotAcceleratorGateway } from './iot-accelerator/accelerator-gateway.ts';
import { iotAcceleratorProtocol, loginProtocol } from './iot-accelerator/protocol.ts';
import { simFulfilmentGateway, simFulfilmentProtocol } from './sim-fulfilment/gateway.ts';
import { operatorTransport, type Protocol, type TransportOptions } from './transport.ts';
import type { Pacer } from './turns.ts';

/** How an operator is called: how calls wait for their moment, if at all, and the maximum number of SIMs in a call. */
export type CallSettings = { pacer?: Pacer; batchSize?: number | undefined };

/** Gateways to operators, by the kind of their platform. */
export function operatorGateways(
  options: TransportOptions,
): (kind: PlatformKind, operatorId: OperatorId, settings?: CallSettings) => OperatorGateway {
  const transport = operatorTransport(options);
  return (kind, operatorId, { pacer, batchSize } = {}) => {
    const transportTo = (id: OperatorId, protocol: Protocol) => transport(id, protocol, pacer);
    switch (kind) {
      case 'sim-fulfilment':
        return simFulfilmentGateway(transportTo(operatorId, simFulfilmentProtocol), batchSize);
      case 'iot-accelerator': {
        const login = transportTo(operatorId, loginProtocol);
        return iotAcceleratorGateway(transportTo(operatorId, iotAcceleratorProtocol(login.call)), batchSize);
      }
      case 'control-center':
        return controlCenterGateway(transportTo(operatorId, controlCenterProtocol));
    }
  };
}
