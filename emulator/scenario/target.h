// Target: what scenarios run against. app/ gives a local deployment; RemoteTarget (http) a deployed
// stage, of which only the routes can be reached.
#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/json.h"
#include "base/result.h"
#include "http/message.h"
#include "interfaces/invoker.h"
#include "interfaces/trace.h"
#include "template/stack.h"

namespace offstage::scenario {

// A line that a function, or the platform for it, wrote.
struct LogLine {
  // Logical id.
  std::string function = {};
  std::string request_id = {};
  std::string text = {};
  bool platform = false;
};

// What went on in the deployment during some time. Functions go by their logical ids.
struct Record {
  std::vector<Span> spans = {};
  std::vector<LogLine> lines = {};
};

// DynamoDB calls that go wrong. Names as a person writes them.
struct FaultRequest {
  std::string function = {};
  std::string operation = {};
  std::string table = {};
  int nth = 1;
  // 0: always.
  int times = 1;
  std::chrono::milliseconds latency{0};
  // Error type; empty: none.
  std::string error = {};
  std::string message = {};
  bool kill = false;
};

// Somebody of a user pool. Members that are empty take a default.
struct UserSpec {
  // How the scenario calls them.
  std::string name = {};
  // What they sign in with; default: the e-mail address where the pool wants that, else `name`.
  std::string username = {};
  std::string email = {};
  std::string phone = {};
  std::string password = {};
  // Further attributes by name, texts.
  Json attributes = Json::object();
  std::vector<std::string> groups = {};
  bool enabled = true;
  // By id or name; empty: the only pool, its first client without a secret.
  std::string pool = {};
  std::string client = {};
};

struct StartingPoint {
  // Data files; kept by name, so that they are read once.
  std::vector<std::filesystem::path> files = {};
  // Table name to a list of items, plain or DynamoDB JSON, put after the files.
  Json tables = Json::object();
  // Confirmed, with their passwords. Their defaults are filled in when they have been made.
  std::vector<UserSpec> users = {};
  // Null: the machine's time.
  std::optional<TimePoint> clock = {};
  std::vector<FaultRequest> faults = {};
  // Of Systems Manager, by name.
  templates::SsmParameters parameters = {};
};

// What a user pool said no with.
struct PoolRefusal {
  // "NotAuthorizedException"; empty: the pool could not be asked at all.
  std::string type = {};
  std::string message = {};
};

// A token that nobody signed in for.
struct TokenOrder {
  UserSpec user = {};
  enum class Use { kId, kAccess } use = Use::kId;
  // Zero: an hour.
  std::chrono::seconds lifetime{0};
  enum class Flaw { kNone, kExpired, kWrongIssuer, kWrongSignature } flaw = Flaw::kNone;
  // Added or replaced.
  Json claims = Json::object();
};

// The user pools of a target. Thread-compatible.
class UserPools {
 public:
  virtual ~UserPools() = default;
  // Fills in what the pool and the environment decide: username, e-mail, password. Fails when the
  // target has no such pool or, outside, no credentials of that user.
  virtual Status Complete(UserSpec& user) = 0;
  // The service's answer: AuthenticationResult, or a challenge.
  virtual Result<Json, PoolRefusal> SignIn(const UserSpec& user) = 0;
  // Null: the target gives tokens to nobody who has not signed in.
  virtual Result<std::optional<std::string>> MakeToken(const TokenOrder& order) = 0;
  // Any operation of the service; UserPoolId, ClientId and SecretHash are filled in. Inside only.
  virtual Result<Json, PoolRefusal> Run(const UserSpec& user, const std::string& operation,
                                        const Json& request) = 0;
  // What was sent to the user, newest first: {"subject", "body", "code", "to" ...}. Inside only.
  virtual Result<std::vector<Json>> Messages(const UserSpec& user) = 0;
};

// The inside of a deployment. Thread-compatible.
class Inside {
 public:
  virtual ~Inside() = default;

  // `function` by logical id. Fails for one that does not exist.
  virtual Result<InvokeResult> Invoke(const std::string& function, const std::string& payload) = 0;

  // Tables by logical id; items are plain JSON. Each fails with the service's own words.
  virtual Status Put(const std::string& table, const Json& item) = 0;
  // Null: no such item.
  virtual Result<std::optional<Json>> Get(const std::string& table, const Json& key) = 0;
  virtual Status Update(const std::string& table, const Json& key, const Json& change,
                        const std::vector<std::string>& remove) = 0;
  virtual Status Delete(const std::string& table, const Json& key) = 0;
  virtual Result<std::vector<Json>> Query(const std::string& table, const std::string& index,
                                          const Json& where) = 0;
  // All items; through `index` unless that is empty.
  virtual Result<std::vector<Json>> Scan(const std::string& table, const std::string& index) = 0;

  // Waits at most so long until nothing is in flight. What still is, in words; empty: nothing.
  virtual std::vector<std::string> Settle(std::chrono::milliseconds limit) = 0;
  virtual Status Advance(std::chrono::milliseconds by) = 0;
  // "all" or logical ids.
  virtual Status ColdStart(const std::vector<std::string>& functions) = 0;
  virtual Status AddFault(const FaultRequest& fault) = 0;

  // While on, DynamoDB's spans say what each call consumed (`capacity`, in units). Calls take a
  // little longer then.
  virtual void NoteCapacity(bool on) { (void)on; }

  // What has happened since the last call, or since Prepare.
  virtual Record TakeRecord() = 0;
};

// Used by one thread.
class Target {
 public:
  virtual ~Target() = default;

  // Fresh state; nothing of an earlier scenario is left.
  virtual Status Prepare(const StartingPoint& start) = 0;
  virtual Result<http::Reply> Send(const http::Request& request) = 0;
  // What goes before the paths of the API with this logical id, "/_apis/a1b2c3d4e5"; of a function
  // with an URL, too. Inside only.
  virtual Result<std::string> PathOf(const std::string& api) const {
    return Fail(Error{"this target has one API alone, not " + api});
  }
  virtual TimePoint Now() const = 0;
  // Where the routes are, "http://127.0.0.1:3000/Prod", for those who send by themselves. Empty:
  // there are none.
  virtual std::string url() const { return {}; }
  // The OpenAPI documents that the APIs are made from, as far as they are.
  virtual std::vector<Json> ApiDefinitions() const { return {}; }
  // Null: only the routes can be reached.
  virtual Inside* inside() = 0;
  // Null: there are none, `as:` cannot be used.
  virtual UserPools* pools() = 0;
};

}  // namespace offstage::scenario
