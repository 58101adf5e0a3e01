import { UnimplementedQueryServiceService } from '../gen/gophermart/query/v1/query';
import { actorClient } from '../shared/dapr/client';
import { runService } from '../shared/service';
import { accountViewActor } from './actors/account-view';
import { queryConfig } from './config';
import { queryService } from './grpc';
import { subscriptions } from './subscriptions';

runService('query', queryConfig, ({ config, sidecar, log }) => {
  const views = actorClient(sidecar, accountViewActor);
  return {
    grpc: [
      {
        definition: UnimplementedQueryServiceService.definition,
        implementation: queryService(views, log),
      },
    ],
    actors: { store: config.STATE_STORE, definitions: [accountViewActor] },
    subscriptions: subscriptions(views),
  };
});
