#include "app/user_pools.h"

#include "app/provision/user_pools.h"

namespace offstage::app {

Result<std::unique_ptr<cognito::Service>> OpenUserPools(const templates::Stack& stack,
                                                        const std::filesystem::path& database,
                                                        const UserPoolContext& context) {
  cognito::Options options;
  if (database.empty()) {
    options.persistence = cognito::Persistence::kInMemory;
  } else {
    // Its own file: sign-ins and table writes never wait for each other's lock.
    options.database_file = (database.parent_path() / "cognito.db").string();
  }
  options.region = stack.region;
  options.account_id = stack.account_id;
  options.clock = &context.clock;
  options.ids = &context.ids;
  options.log = &context.log;
  options.invoker = context.invoker;
  options.invoke_later = context.invoke_later;
  options.data_keys = context.data_keys;
  options.on_message = context.on_message;
  options.local_issuer_clients = context.local_issuer_clients;
  OFFSTAGE_TRY(auto service, cognito::Service::Create(options));
  EnsureUserPools(stack, *service, context.log);
  return service;
}

}  // namespace offstage::app
