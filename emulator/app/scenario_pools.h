// LocalPools: a deployment's user pools as scenarios see them.
#pragma once

#include <functional>

#include "cognito/service.h"
#include "scenario/target.h"

namespace offstage::app {

// Used by one thread. `service` gives the pools of the deployment that runs now.
class LocalPools : public scenario::UserPools {
 public:
  explicit LocalPools(std::function<cognito::Service&()> service) : service_(std::move(service)) {}

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
  const std::function<cognito::Service&()> service_;
};

}  // namespace offstage::app
