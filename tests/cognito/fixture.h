// A user pool service in memory, with a clock that moves when told and functions that are lambdas.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/id.h"
#include "base/json.h"
#include "base/log.h"
#include "cognito/service.h"

namespace offstage::cognito::test {

// Runs a C++ function for each Lambda function; remembers the events.
class FakeFunctions : public Invoker {
 public:
  InvokeResult Invoke(const InvokeRequest& request) override;

  std::map<std::string, std::function<InvokeResult(Json event)>> functions;
  std::vector<Json> events;
};

// Data keys of known bytes; remembers what was asked.
class FakeKeys : public DataKeys {
 public:
  Result<WrappedDataKey> NewDataKey(const std::string& key,
                                    const std::map<std::string, std::string>& context) override;

  static constexpr const char* kDataKey = "0123456789abcdef0123456789abcdef";
  std::string asked_key;
  std::map<std::string, std::string> asked_context;
  // Not empty: why the key cannot be used.
  std::string refusal;
};

// The event with this `response`, as a handler returns it.
InvokeResult Respond(Json event, const Json& response);
// A handler that threw.
InvokeResult Throw(const std::string& message);

class Pools {
 public:
  Pools();

  // The reply; fails the test (and returns null) when the operation is refused.
  Json Ok(const std::string& operation, const Json& request);
  // "Type: message" of a refusal; "" when there was none.
  std::string Refusal(const std::string& operation, const Json& request);

  // A pool and a client of it that allows every flow; `pool` and `client` are further members.
  void Make(Json pool = Json::object(), Json client = Json::object());
  // A confirmed user with the password "Passw0rd!".
  void AddUser(const std::string& name, const Json& attributes = Json::array());
  // AuthenticationResult of USER_PASSWORD_AUTH.
  Json SignIn(const std::string& name, const std::string& password = "Passw0rd!");
  Json PasswordRequest(const std::string& name, const std::string& password = "Passw0rd!") const;

  // A plain GET of the AWS endpoint; fails the test when nobody answers.
  http::Reply Get(const std::string& target, http::Headers headers = {});

  // 25 November 2026, 12:00:00 UTC.
  ManualClock clock{TimePoint(std::chrono::seconds(1795608000))};
  SeededIds ids{7};
  MemoryLog log;
  FakeFunctions functions;
  FakeKeys keys;
  // Functions that were queued, each with its event.
  std::vector<std::pair<std::string, Json>> queued;
  std::vector<Message> messages;
  std::unique_ptr<Service> service;
  std::string pool_id;
  std::string client_id;
};

// The payload or header of a token, unproved.
Json Claims(const std::string& token);
Json Header(const std::string& token);

}  // namespace offstage::cognito::test
