#include "lambda/launch.h"

#include <fmt/format.h>

#include <algorithm>
#include <ctime>
#include <nlohmann/json.hpp>
#include <system_error>
#include <vector>

#include "base/json.h"
#include "base/text.h"

namespace offstage::lambda {
namespace {

namespace fs = std::filesystem;
using Variables = std::map<std::string, std::string>;

constexpr std::string_view kHexDigits = "0123456789abcdef";
constexpr std::string_view kBase64Characters =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

// "2026/11/25": the UTC day of `now`.
std::string DayPath(TimePoint now) {
  const std::string iso = ToIso8601(now);
  return ReplaceAll(iso.substr(0, 10), "-", "/");
}

fs::path RuntimeFolder(const LaunchContext& context) {
  return WorkFolders(context.options.work_folder).bootstrap / FamilyName(context.runtime.language);
}

std::vector<fs::path> LayerFolders(const LaunchContext& context) {
  const std::vector<fs::path>& layers = context.function.layers;
  if (layers.empty() || context.layers == LaunchContext::Layers::kElsewhere) return layers;
  return {"/opt"};
}

// "/layer2/x:/layer1/x", the later layer first since it wins.
std::string OfLayers(const LaunchContext& context, const fs::path& inside) {
  const std::vector<fs::path> layers = LayerFolders(context);
  std::string text;
  for (auto layer = layers.rbegin(); layer != layers.rend(); ++layer)
    text += ":" + (*layer / inside).string();
  return text;
}

// What every runtime has, custom ones included: recorded from AWS for provided.al2023.
Variables CommonVariables(const LaunchContext& context, const EnvironmentIdentity& identity,
                          const std::string& runtime_api) {
  const FunctionConfig& function = context.function;
  const std::string code = function.code.string();
  const std::string runtime_folder = RuntimeFolder(context).string();
  return {
      {"AWS_ACCESS_KEY_ID", identity.access_key_id},
      {"AWS_DEFAULT_REGION", context.options.region},
      {"AWS_ENDPOINT_URL", context.endpoints.aws_url},
      {"AWS_LAMBDA_FUNCTION_MEMORY_SIZE", std::to_string(function.memory_mb)},
      {"AWS_LAMBDA_FUNCTION_NAME", function.name},
      {"AWS_LAMBDA_FUNCTION_VERSION", function.version},
      {"AWS_LAMBDA_INITIALIZATION_TYPE", std::string(context.initialization)},
      {"AWS_LAMBDA_LOG_GROUP_NAME", "/aws/lambda/" + function.name},
      {"AWS_LAMBDA_LOG_STREAM_NAME", identity.log_stream},
      {"AWS_LAMBDA_RUNTIME_API", runtime_api},
      {"AWS_REGION", context.options.region},
      {"AWS_SECRET_ACCESS_KEY", identity.secret_access_key},
      {"AWS_SESSION_TOKEN", identity.session_token},
      {"AWS_XRAY_CONTEXT_MISSING", "LOG_ERROR"},
      {"AWS_XRAY_DAEMON_ADDRESS", "127.0.0.1:2000"},
      {"LAMBDA_RUNTIME_DIR", runtime_folder},
      {"LAMBDA_TASK_ROOT", code},
      {"LANG", "en_US.UTF-8"},
      {"LD_LIBRARY_PATH", fmt::format("/lib64:/usr/lib64:{0}:{0}/lib:{1}:{1}/lib{2}",
                                      runtime_folder, code, OfLayers(context, "lib"))},
      {"PATH", "/usr/local/bin:/usr/bin/:/bin" + OfLayers(context, "bin")},
      {"TZ", ":UTC"},
      {"_AWS_XRAY_DAEMON_ADDRESS", "127.0.0.1"},
      {"_AWS_XRAY_DAEMON_PORT", "2000"},
      {"_HANDLER", function.handler},
  };
}

// node_modules folders that hold an SDK, for what the runtime bundles and the project lacks.
std::vector<fs::path> NodeSdkFolders(const LaunchContext& context) {
  std::vector<fs::path> folders = context.options.sdk_paths;
  const fs::path prefix = context.interpreter.path.parent_path().parent_path();
  for (const fs::path& usual :
       {prefix / "lib/node_modules", fs::path("/usr/lib/node_modules"),
        fs::path("/usr/local/lib/node_modules"), fs::path("/usr/share/nodejs")}) {
    folders.push_back(usual);
  }
  // From nodejs18.x on version 2 of the SDK is not bundled: a handler that needs it must bring it.
  const char* bundled = context.runtime.version.major >= 18 ? "@aws-sdk" : "aws-sdk";
  std::erase_if(folders, [bundled](const fs::path& folder) {
    std::error_code error;
    return !fs::exists(folder / bundled, error);
  });
  return folders;
}

void AddNodeVariables(const LaunchContext& context, Variables& variables) {
  const FunctionConfig& function = context.function;
  const std::string runtime_folder = RuntimeFolder(context).string();
  std::string path =
      OfLayers(context, fmt::format("nodejs/node{}/node_modules", context.runtime.version.major)) +
      OfLayers(context, "nodejs/node_modules") + ":" + runtime_folder +
      "/node_modules:" + runtime_folder + ":" + function.code.string();
  for (const fs::path& folder : NodeSdkFolders(context))
    path += ":" + folder.string();
  variables["NODE_PATH"] = path.substr(1);
}

void AddRubyVariables(const LaunchContext& context, Variables& variables) {
  const FunctionConfig& function = context.function;
  const std::string version =
      fmt::format("{}.{}.0", context.interpreter.version.major, context.interpreter.version.minor);
  variables["GEM_PATH"] = fmt::format("{}/vendor/bundle/ruby/{}{}", function.code.string(), version,
                                      OfLayers(context, fs::path("ruby/gems") / version));
  variables["RUBYLIB"] = function.code.string() + OfLayers(context, "ruby/lib");
}

// The managed runtimes have these on top.
void AddManagedVariables(const LaunchContext& context, Variables& variables) {
  const std::string runtime_folder = RuntimeFolder(context).string();
  variables["AWS_EXECUTION_ENV"] = "AWS_Lambda_" + std::string(context.runtime.id);
  variables["PWD"] = context.function.code.string();
  variables["SHLVL"] = "0";
  variables["PATH"] = context.interpreter.path.parent_path().string() + ":" + variables["PATH"];
  switch (context.runtime.language) {
    case Language::kPython:
      variables["PYTHONPATH"] = runtime_folder;
      if (context.runtime.version >= Version{3, 12}) variables["LC_CTYPE"] = "C.UTF-8";
      // debugpy would warn of Python's frozen modules at each start.
      if (context.debug_port != 0) variables["PYDEVD_DISABLE_FILE_VALIDATION"] = "1";
      break;
    case Language::kNode:
      AddNodeVariables(context, variables);
      break;
    case Language::kRuby:
      AddRubyVariables(context, variables);
      break;
    case Language::kProvided:
      break;
  }
}

// Handlers reach AWS's host names here over https, whatever library they use: the certificates are
// signed by an authority of the deployment's own.
void AddCertificateVariables(const LaunchContext& context, Variables& variables) {
  const fs::path& folder = context.options.network.certificates;
  if (folder.empty() || context.endpoints.tls_port == 0) return;
  const std::string bundle = (folder / "bundle.pem").string();
  variables["AWS_CA_BUNDLE"] = bundle;
  variables["REQUESTS_CA_BUNDLE"] = bundle;
  variables["SSL_CERT_FILE"] = bundle;
  variables["NODE_EXTRA_CA_CERTS"] = (folder / "ca.pem").string();
}

// The bytecode of /opt/python/x.py differs from function to function.
fs::path BytecodeFolder(const LaunchContext& context) {
  fs::path folder = WorkFolders(context.options.work_folder).bytecode;
  if (context.layers != LaunchContext::Layers::kAtOpt) return folder;
  std::size_t hash = 0;
  for (const fs::path& layer : context.function.layers)
    hash = hash * 31 + std::hash<std::string>{}(layer.string());
  return folder / fmt::format("{:016x}", hash);
}

Json NetworkSettings(const LaunchContext& context) {
  const NetworkOptions& network = context.options.network;
  return {{"guarded", network.guarded},
          {"allowed", network.allowed},
          {"tls_port", context.endpoints.tls_port},
          {"api_port", context.endpoints.api_port},
          {"aws_port", context.endpoints.aws_port()}};
}

// What a bootstrap must know and a handler must not see in its environment.
std::string Settings(const LaunchContext& context) {
  Json layers = Json::array();
  for (const fs::path& layer : LayerFolders(context))
    layers.push_back(layer.string());
  Json sdk_paths = Json::array();
  for (const fs::path& folder : context.options.sdk_paths)
    sdk_paths.push_back(folder.string());
  return DumpJson(Json{
      {"task_root", context.function.code.string()},
      {"runtime_dir", RuntimeFolder(context).string()},
      {"handler", context.function.handler},
      {"layers", std::move(layers)},
      {"layers_at_opt", context.layers == LaunchContext::Layers::kAtOpt},
      {"network", NetworkSettings(context)},
      {"debug_port", context.debug_port},
      {"sdk_paths", std::move(sdk_paths)},
      {"cache", BytecodeFolder(context).string()},
      {"runtime_major", context.runtime.version.major},
      // Recorded from AWS: python3.8 has no requestId in its error JSON, python3.9 and newer have.
      {"error_request_id", context.runtime.version >= Version{3, 9}},
  });
}

std::vector<std::string> Arguments(const LaunchContext& context) {
  const std::string program = context.interpreter.path.string();
  const fs::path folder = RuntimeFolder(context);
  switch (context.runtime.language) {
    case Language::kPython:
      // -u: what a handler prints is not lost when its process is ended. -s: no user site in front.
      return {program, "-u", (folder / "bootstrap.py").string(), Settings(context)};
    case Language::kNode:
      if (context.debug_port != 0) {
        return {program, fmt::format("--inspect=127.0.0.1:{}", context.debug_port),
                (folder / "bootstrap.js").string(), Settings(context)};
      }
      return {program, (folder / "bootstrap.js").string(), Settings(context)};
    case Language::kRuby:
      return {program, (folder / "bootstrap.rb").string(), Settings(context)};
    case Language::kProvided:
      break;
  }
  return {program};
}

}  // namespace

int Endpoints::aws_port() const {
  const auto colon = aws_url.rfind(':');
  return colon == std::string::npos ? 0 : std::atoi(aws_url.c_str() + colon + 1);
}

EnvironmentIdentity MakeIdentity(IdSource& ids, TimePoint now, std::string_view version) {
  return {.access_key_id = "ASIA" + ids.Text(16, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"),
          .secret_access_key = ids.Text(40, kBase64Characters),
          .session_token = "IQoJb3JpZ2luX2Vj" + ids.Text(340, kBase64Characters) + "==",
          .log_stream = DayPath(now) + fmt::format("/[{}]", version) + ids.Text(32, kHexDigits)};
}

process::Command MakeCommand(const LaunchContext& context, const EnvironmentIdentity& identity,
                             const std::string& runtime_api) {
  Variables variables = CommonVariables(context, identity, runtime_api);
  if (context.runtime.language != Language::kProvided) AddManagedVariables(context, variables);
  AddCertificateVariables(context, variables);
  if (context.endpoints.aws_url.empty()) variables.erase("AWS_ENDPOINT_URL");
  for (const auto& [name, value] : context.function.environment)
    variables.insert_or_assign(name, value);
  process::Command command;
  command.arguments = Arguments(context);
  for (const auto& [name, value] : variables)
    command.environment.push_back(name + "=" + value);
  command.folder = context.function.code;
  return command;
}

}  // namespace offstage::lambda
