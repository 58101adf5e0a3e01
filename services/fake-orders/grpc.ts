import type { UntypedServiceImplementation } from '@grpc/grpc-js';
import {
  Goods,
  OrderDetailsResponse,
  type OrderDetailsRequest,
} from '../gen/gophermart/fakeorders/v1/fake_orders';
import { unary } from '../shared/grpc';
import type { Logger } from '../shared/log';
import { isOrderNumber } from '../shared/order-number';
import { Refusal } from '../shared/refusal';
import { goodsOf } from './domain/purchases';

/** FakeOrdersService (proto/gophermart/fakeorders/v1). Refuses with `invalid_order_number`. */
export function createImplementation(log: Logger): UntypedServiceImplementation {
  return {
    OrderDetails: unary<OrderDetailsRequest, OrderDetailsResponse>(log, async ({ number }) => {
      if (!isOrderNumber(number)) throw new Refusal('invalid_order_number');
      return new OrderDetailsResponse({ goods: goodsOf(number).map((item) => new Goods(item)) });
    }),
  };
}
