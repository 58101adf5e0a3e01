import { readConfig as readSimulatorConfig } from '../../services/accrual-simulator/config';
import { adapterConfig } from '../../services/accrual-adapter/config';
import { billingConfig } from '../../services/billing/config';
import { fakeOrdersConfig } from '../../services/fake-orders/config';
import { portalConfig } from '../../services/portal/config';
import { queryConfig } from '../../services/query/config';
import { commonConfig, ConfigError, parseEnvironment } from '../../services/shared/config';
import type { AppPlan } from './plan';

const shapes = {
  portal: portalConfig,
  billing: billingConfig,
  query: queryConfig,
  'accrual-adapter': adapterConfig,
  'fake-orders': fakeOrdersConfig,
};

const readers: Record<string, (environment: NodeJS.ProcessEnv) => unknown> = {
  ...Object.fromEntries(
    Object.entries(shapes).map(([name, shape]) => [
      name,
      (environment: NodeJS.ProcessEnv) => parseEnvironment({ ...commonConfig, ...shape }, environment),
    ]),
  ),
  'accrual-simulator': readSimulatorConfig,
};

/**
 * Reads each service's environment as the service itself will, before anything is started.
 * @throws ConfigError in the service's own sentence
 */
export function refuseWrongEnvironments(apps: AppPlan[], inherited: NodeJS.ProcessEnv): void {
  for (const { name, app } of apps) {
    try {
      readers[name]?.({ ...inherited, ...app.env });
    } catch (error) {
      if (error instanceof ConfigError) throw new ConfigError(`${name}: ${error.message}`);
      throw error;
    }
  }
}
