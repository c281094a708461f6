import type { Page } from '../app/page.ts';
import { route as alarm } from './alarm/route.ts';
import { route as alarmFirings } from './alarm-firings/route.ts';
import { route as alarms } from './alarms/route.ts';
import { route as clients } from './clients/route.ts';
import { route as customer } from './customer/route.ts';
import { route as customerService } from './customer-service/route.ts';
import { route as customerServices } from './customer-services/route.ts';
import { route as customers } from './customers/route.ts';
import { route as deskOrder } from './desk-order/route.ts';
import { route as deskOrders } from './desk-orders/route.ts';
import { route as differences } from './differences/route.ts';
import { route as failedWork } from './failed-work/route.ts';
import { route as home } from './home/route.ts';
import { route as imports } from './imports/route.ts';
import { route as journal } from './journal/route.ts';
import { route as manualTask } from './manual-task/route.ts';
import { route as manualTasks } from './manual-tasks/route.ts';
import { route as newOrder } from './new-order/route.ts';
import { route as operation } from './operation/route.ts';
import { route as operations } from './operations/route.ts';
import { route as operator } from './operator/route.ts';
import { route as operators } from './operators/route.ts';
import { route as order } from './order/route.ts';
import { route as orders } from './orders/route.ts';
import { route as ownCustomer } from './own-customer/route.ts';
import { route as partner } from './partner/route.ts';
import { route as partnerService } from './partner-service/route.ts';
import { route as partnerServices } from './partner-services/route.ts';
import { route as partners } from './partners/route.ts';
import { route as platformTariff } from './platform-tariff/route.ts';
import { route as platformTariffs } from './platform-tariffs/route.ts';
import { route as platformUser } from './platform-user/route.ts';
import { route as platformUsers } from './platform-users/route.ts';
import { route as sim } from './sim/route.ts';
import { route as simFields } from './sim-fields/route.ts';
import { route as sims } from './sims/route.ts';
import { route as tariff } from './tariff/route.ts';
import { route as tariffs } from './tariffs/route.ts';
import { route as user } from './user/route.ts';
import { route as users } from './users/route.ts';
import { route as webhook } from './webhook/route.ts';
import { route as webhooks } from './webhooks/route.ts';

/** The pages of the console, in the order of the navigation. */
export const pages: readonly Page[] = [
  home,
  orders,
  newOrder,
  order,
  sims,
  sim,
  simFields,
  operations,
  operation,
  customers,
  customer,
  ownCustomer,
  customerServices,
  customerService,
  partnerServices,
  partnerService,
  tariffs,
  tariff,
  alarms,
  alarm,
  alarmFirings,
  webhooks,
  webhook,
  users,
  user,
  clients,
  journal,
  deskOrders,
  deskOrder,
  manualTasks,
  manualTask,
  differences,
  partners,
  partner,
  platformTariffs,
  platformTariff,
  operators,
  operator,
  platformUsers,
  platformUser,
  imports,
  failedWork,
];
