// What a deployment decides about its functions, and what the Lambda component needs from it.
#pragma once

#include <chrono>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/id.h"
#include "base/log.h"
#include "interfaces/trace.h"

namespace offstage::lambda {

// Whether a runtime may run on another version of its interpreter (design, decision 12).
enum class RuntimeMatch { kNearest, kExact };

// Where handlers may connect to. Loopback always; AWS's own host names lead to this deployment.
struct NetworkOptions {
  // Whether other connections are refused.
  bool guarded = false;
  // Hosts that may be reached all the same: "api.example.com", "*.example.com", "*" for all.
  std::vector<std::string> allowed = {};
  // A folder with ca.pem, which signs the certificates of AWS's host names here, and bundle.pem,
  // the machine's own authorities and that one. Empty: https to AWS's host names is not served.
  std::filesystem::path certificates = {};
  // Names of the deployment's own APIs and function URLs on AWS:
  // "a1b2c3d4e5.execute-api.us-east-1.amazonaws.com".
  std::vector<std::string> api_hosts = {};
};

// Whether environments get a file system view of their own where the machine allows it.
enum class Isolation { kWhereAllowed, kNone };

// What is started before it is needed.
enum class WarmUp {
  kProvisioned,  // As many environments as ProvisionedConcurrencyConfig says.
  kAll,          // And one of each other function.
};

struct Options {
  std::string region = "us-east-1";
  // 12 digits.
  std::string account_id = "000000000000";
  // The AWS endpoint that handlers' SDKs talk to: "http://127.0.0.1:4566". May be given later by
  // Service::SetAwsEndpoint.
  std::string aws_endpoint_url = {};
  // A folder of the deployment's own for bootstraps, inline code and bytecode caches; created if
  // missing. Its former content under "lambda/" is replaced.
  std::filesystem::path work_folder = {};
  // Where zip files are unpacked, each once; kept from run to run. Empty: below the work folder.
  std::filesystem::path archive_folder = {};
  NetworkOptions network = {};
  Isolation isolation = Isolation::kWhereAllowed;
  // Physical names of functions whose process listens for a debugger and never times out.
  std::vector<std::string> debug = {};
  // "python3.8" or a family ("python", "nodejs", "ruby") -> path of the interpreter to use.
  std::map<std::string, std::string> interpreters = {};
  RuntimeMatch runtime_match = RuntimeMatch::kNearest;
  // Folders where packages that Lambda's runtimes bundle may be found when the project has none: a
  // node_modules folder with aws-sdk, a site-packages with boto3. Searched last.
  std::vector<std::filesystem::path> sdk_paths = {};
  // Environments alive at once over all functions. At the limit idle ones of other functions are
  // retired; with none idle, invocations wait, at most `queue_limit`, then are throttled.
  int max_environments = 100;
  std::chrono::milliseconds queue_limit{std::chrono::seconds(30)};
  // An environment unused for so long is retired.
  std::chrono::milliseconds idle_limit{std::chrono::minutes(10)};
  // Lambda's init phase ends after 10 s and is then repeated under the function's timeout.
  std::chrono::milliseconds init_limit{std::chrono::seconds(10)};
  // Whether a changed file under the code or a layer makes new environments.
  enum class Reload { kOnChange, kNever } reload = Reload::kOnChange;
};

// One line that a handler or its runtime printed, and Lambda's own START, END and REPORT lines.
struct OutputLine {
  // Physical name.
  std::string_view function = {};
  // Empty during init.
  std::string_view request_id = {};
  // Without the line's end.
  std::string_view text = {};
  enum class Origin { kHandler, kPlatform } origin = Origin::kHandler;
};

// Thread-safe; called on internal threads, so it must return quickly and must not invoke functions.
class FunctionOutput {
 public:
  virtual ~FunctionOutput() = default;
  virtual void Write(const OutputLine& line) = 0;
};

// Borrowed services; every one outlives the Lambda service.
struct Dependencies {
  const Clock& clock;
  IdSource& ids;
  Log& log;
  // May be null.
  TraceSink* traces = nullptr;
  // May be null.
  FunctionOutput* output = nullptr;
};

}  // namespace offstage::lambda
