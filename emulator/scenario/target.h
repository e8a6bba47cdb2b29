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

struct StartingPoint {
  // Data files; kept by name, so that they are read once.
  std::vector<std::filesystem::path> files = {};
  // Table name to a list of items, plain or DynamoDB JSON, put after the files.
  Json tables = Json::object();
  // Null: the machine's time.
  std::optional<TimePoint> clock = {};
  std::vector<FaultRequest> faults = {};
};

// Gives `as: USER` steps their tokens. The seam for user pools. Thread-compatible.
class TokenSource {
 public:
  virtual ~TokenSource() = default;
  // The value of the Authorization header.
  virtual Result<std::string> AuthorizationFor(const std::string& user) = 0;
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
  virtual TimePoint Now() const = 0;
  // Where the routes are, "http://127.0.0.1:3000/Prod", for those who send by themselves. Empty:
  // there are none.
  virtual std::string url() const { return {}; }
  // Null: only the routes can be reached.
  virtual Inside* inside() = 0;
  // Null: `as:` cannot be used.
  virtual TokenSource* tokens() = 0;
};

}  // namespace offstage::scenario
