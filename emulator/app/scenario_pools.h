// LocalPools: a deployment's user pools as scenarios see them.
#pragma once

#include <functional>

#include "cognito/pool_client.h"
#include "cognito/service.h"
#include "scenario/target.h"

namespace offstage::app {

// Used by one thread. `service` gives the pools of the deployment that runs now, `id_of` the
// physical id of a pool or client by its logical id, and other names as they are.
class LocalPools : public scenario::UserPools {
 public:
  LocalPools(std::function<cognito::Service&()> service,
             std::function<std::string(const std::string&)> id_of)
      : service_(std::move(service)), id_of_(std::move(id_of)) {}

  // Makes a confirmed user: what `given: users` asks for. The PreSignUp trigger runs, as it does
  // for AdminCreateUser.
  Status Create(scenario::UserSpec user);

  Status Complete(scenario::UserSpec& user) override;
  Result<Json, scenario::PoolRefusal> SignIn(const scenario::UserSpec& user) override;
  Result<std::optional<std::string>> MakeToken(const scenario::TokenOrder& order) override;
  Result<Json, scenario::PoolRefusal> Run(const scenario::UserSpec& user,
                                          const std::string& operation,
                                          const Json& request) override;
  Result<std::vector<Json>> Messages(const scenario::UserSpec& user) override;

 private:
  Result<cognito::PoolClient> ClientOf(const scenario::UserSpec& user);
  // The same, for those who tell what a pool refused.
  Result<cognito::PoolClient, scenario::PoolRefusal> ClientFor(const scenario::UserSpec& user);

  const std::function<cognito::Service&()> service_;
  const std::function<std::string(const std::string&)> id_of_;
};

}  // namespace offstage::app
