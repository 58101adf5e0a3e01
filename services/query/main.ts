import { UnimplementedQueryServiceService } from '../gen/gophermart/query/v1/query';
import { actorClient } from '../shared/dapr/client';
import { runService } from '../shared/service';
import { accountViewActor } from './actors/account-view';
import { queryConfig } from './config';
import { queryService } from './grpc';
import { queryMetrics } from './metrics';
import { subscriptions } from './subscriptions';
import { Watches } from './watches';

runService('query', queryConfig, ({ config, sidecar, log, metrics }) => {
  const views = actorClient(sidecar, accountViewActor);
  const watches = new Watches();
  return {
    grpc: [
      {
        definition: UnimplementedQueryServiceService.definition,
        implementation: queryService(views, watches, log),
      },
    ],
    actors: { store: config.STATE_STORE, definitions: [accountViewActor] },
    subscriptions: subscriptions(views, watches, queryMetrics(metrics)),
    stopping: () => watches.end(),
  };
});
