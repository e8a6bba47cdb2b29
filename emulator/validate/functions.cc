// What makes a deployed function fail at its first call, or its creation: runtime, code, handler
// and environment.
#include <algorithm>

#include "base/text.h"
#include "validate/checks.h"
#include "validate/handler_files.h"

namespace offstage::validate {
namespace {

namespace fs = std::filesystem;
using templates::Function;

struct RuntimeRow {
  std::string_view id;
  // The day of its deprecation, where AWS has named one.
  std::string_view deprecated;
};

// docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html
constexpr RuntimeRow kRuntimes[] = {
    {"dotnet10", ""},
    {"dotnet5.0", "2022-05-10"},
    {"dotnet6", "2024-12-20"},
    {"dotnet7", "2024-05-14"},
    {"dotnet8", ""},
    {"dotnet9", ""},
    {"dotnetcore1.0", "2019-07-30"},
    {"dotnetcore2.0", "2019-05-30"},
    {"dotnetcore2.1", "2022-01-05"},
    {"dotnetcore3.1", "2023-04-03"},
    {"go1.x", "2024-01-08"},
    {"java11", ""},
    {"java17", ""},
    {"java21", ""},
    {"java25", ""},
    {"java8", "2024-01-08"},
    {"java8.al2", ""},
    {"nodejs", "2016-10-31"},
    {"nodejs10.x", "2021-07-30"},
    {"nodejs12.x", "2023-03-31"},
    {"nodejs14.x", "2023-12-04"},
    {"nodejs16.x", "2024-06-12"},
    {"nodejs18.x", "2025-09-01"},
    {"nodejs20.x", "2026-04-30"},
    {"nodejs22.x", "2027-04-30"},
    {"nodejs24.x", "2028-04-30"},
    {"nodejs4.3", "2020-03-05"},
    {"nodejs6.10", "2019-08-12"},
    {"nodejs8.10", "2020-03-06"},
    {"provided", "2024-01-08"},
    {"provided.al2", ""},
    {"provided.al2023", ""},
    {"python2.7", "2021-07-15"},
    {"python3.10", ""},
    {"python3.11", ""},
    {"python3.12", ""},
    {"python3.13", ""},
    {"python3.14", ""},
    {"python3.6", "2022-07-18"},
    {"python3.7", "2023-12-04"},
    {"python3.8", "2024-10-14"},
    {"python3.9", "2025-12-15"},
    {"ruby2.5", "2021-07-30"},
    {"ruby2.7", "2023-12-07"},
    {"ruby3.2", "2026-03-31"},
    {"ruby3.3", ""},
    {"ruby3.4", ""},
    {"ruby4.0", ""},
};

bool IsPlaceholder(std::string_view text) {
  return text.find('<') != std::string_view::npos;
}

Position PositionOf(const Function& function, std::string_view property) {
  const Node* node = function.properties.Find(property);
  return node == nullptr || node->position().line == 0 ? function.position : node->position();
}

std::string PathOf(const Function& function, std::string_view property) {
  return fmt::format("{}.Properties.{}", function.path, property);
}

void CheckRuntime(Checks& checks, const Function& function) {
  const std::string& runtime = function.runtime;
  if (runtime.empty() || IsPlaceholder(runtime)) {
    return;
  }
  const Position position = PositionOf(function, "Runtime");
  const auto row = std::find_if(std::begin(kRuntimes), std::end(kRuntimes),
                                [&](const RuntimeRow& other) { return other.id == runtime; });
  if (row == std::end(kRuntimes)) {
    std::vector<std::string> names;
    for (const RuntimeRow& other : kRuntimes) {
      names.emplace_back(other.id);
    }
    const std::string near = DidYouMean(runtime, names);
    // A list may be older than the newest version.
    const bool newer = near.empty() && FamilyOf(runtime) != Family::kOther;
    checks.Add(newer ? Severity::kWarning : Severity::kError, "unknown-runtime", position,
               PathOf(function, "Runtime"), fmt::format("Lambda has no runtime '{}'", runtime),
               near);
  } else if (!row->deprecated.empty() && row->deprecated <= checks.today) {
    checks.Add(Severity::kWarning, "deprecated-runtime", position, PathOf(function, "Runtime"),
               fmt::format("the runtime {} is deprecated since {}; AWS may refuse to create or "
                           "change functions with it",
                           runtime, row->deprecated),
               "choose a newer version");
  }
}

// What a build step makes: it need not be there yet.
bool IsBuildProduct(const fs::path& path) {
  static constexpr std::string_view kFolders[] = {
      "dist", "build", "target", "out", "bin", "lib", "obj", "publish", ".build", "artifacts"};
  static constexpr std::string_view kFiles[] = {".zip", ".jar", ".war"};
  const std::string extension = path.extension().string();
  return std::find(std::begin(kFiles), std::end(kFiles), extension) != std::end(kFiles) ||
         std::any_of(path.begin(), path.end(), [](const fs::path& part) {
           return std::find(std::begin(kFolders), std::end(kFolders), part.string()) !=
                  std::end(kFolders);
         });
}

// The same folder beside the template's: templates in one folder and code in another, with paths
// that nobody tried.
fs::path SameFolderNearby(const fs::path& code, const fs::path& template_folder) {
  const fs::path relative = code.lexically_relative(template_folder);
  std::error_code error;
  if (relative.empty() || *relative.begin() == "..") {
    return {};
  }
  constexpr std::size_t kMaxSiblings = 30;
  if (std::distance(relative.begin(), relative.end()) < 2) {
    return {};  // Many projects have a folder "src".
  }
  for (const fs::path& base : {template_folder, template_folder.parent_path()}) {
    std::vector<fs::path> candidates;
    for (fs::directory_iterator it(base, error), end; !error && it != end; it.increment(error)) {
      candidates.push_back(it->path() / relative);
    }
    for (const fs::path& candidate : candidates) {
      if (candidates.size() <= kMaxSiblings && candidate != code &&
          fs::is_directory(candidate, error)) {
        return candidate;
      }
    }
  }
  return {};
}

std::string CodeProperty(const Function& function) {
  return function.properties.Contains("CodeUri") ? "CodeUri" : "Code";
}

void CheckHandler(Checks& checks, const Function& function, const fs::path& code) {
  const bool built = function.metadata.Contains("BuildMethod");
  const Family family = FamilyOf(function.runtime);
  const bool wrapped =
      std::any_of(function.environment.begin(), function.environment.end(),
                  [](const auto& variable) { return variable.first == "AWS_LAMBDA_EXEC_WRAPPER"; });
  if (built || wrapped || IsPlaceholder(function.handler)) {
    return;  // What the build makes, or a layer's wrapper starts, cannot be seen.
  }
  const HandlerFile found = FindHandler(code, family, function.handler);
  using State = HandlerFile::State;
  std::string message;
  if (found.state == State::kFound) {
    CheckImports(checks, function, found.file);
    return;
  }
  if (found.state == State::kUnknown) {
    return;
  }
  const bool other_source = family == Family::kNode && [&] {
    std::error_code error;
    const fs::path stem = code / fs::path(found.expected).replace_extension();
    return fs::exists(stem.string() + ".ts", error) || fs::exists(stem.string() + ".mts", error);
  }();
  if (found.state == State::kMalformed) {
    message = fmt::format("the handler '{}' is not of the form file.function", function.handler);
  } else if (found.state == State::kNoName) {
    message = fmt::format("{} does not define '{}'", found.file.filename().string(), found.name);
  } else if (family == Family::kProvided) {
    message = "the code's folder has no executable 'bootstrap', which custom runtimes start";
  } else {
    message = fmt::format("the handler '{}' needs {}, which the code's folder does not have",
                          function.handler, found.expected);
    if (!found.files.empty() && found.files.size() <= 8) {
      message += fmt::format(" (it has {})", Join(found.files, ", "));
    }
  }
  std::string fix = found.candidates.empty()
                        ? std::string()
                        : fmt::format("did you mean '{}'?", Join(found.candidates, "' or '"));
  if (other_source) {
    fix = "compile the TypeScript first, or set Metadata.BuildMethod: esbuild";
  }
  const bool made_later =
      other_source || family == Family::kProvided || IsBuildProduct(code.filename());
  checks.Add(made_later ? Severity::kWarning : Severity::kError, "handler",
             PositionOf(function, "Handler"), PathOf(function, "Handler"), message, fix);
}

void CheckCode(Checks& checks, const Function& function) {
  if (function.package_type == templates::PackageType::kImage || function.inline_code ||
      function.code.empty() || IsPlaceholder(function.code.string())) {
    return;
  }
  std::error_code error;
  if (fs::exists(function.code, error)) {
    CheckHandler(checks, function, function.code);
    return;
  }
  const std::string property = CodeProperty(function);
  const fs::path root = checks.stack.template_file.parent_path();
  const fs::path relative = function.code.lexically_proximate(root);
  const fs::path folder =
      function.position.file == nullptr ? root : (root / *function.position.file).parent_path();
  const fs::path nearby = SameFolderNearby(function.code, folder);
  checks.Add(IsBuildProduct(relative) ? Severity::kWarning : Severity::kError, "code-missing",
             PositionOf(function, property), PathOf(function, property),
             fmt::format("the code '{}' does not exist", relative.string()),
             nearby.empty()
                 ? IsBuildProduct(relative) ? "build it before deploying" : ""
                 : fmt::format("did you mean '{}'?", nearby.lexically_proximate(folder).string()));
  if (!nearby.empty()) {
    CheckHandler(checks, function, nearby);
  }
}

void CheckInlineHandler(Checks& checks, const Function& function) {
  const Family family = FamilyOf(function.runtime);
  if (!function.inline_code || IsPlaceholder(function.handler) ||
      (family != Family::kPython && family != Family::kNode)) {
    return;
  }
  if (function.handler.rfind("index.", 0) != 0) {
    checks.Add(
        Severity::kError, "handler", PositionOf(function, "Handler"), PathOf(function, "Handler"),
        fmt::format("inline code lies in a file 'index', so the handler '{}' is not found",
                    function.handler),
        fmt::format("write index.{}", function.handler.substr(function.handler.rfind('.') + 1)));
  }
}

void CheckEnvironment(Checks& checks, const Function& function) {
  constexpr std::size_t kLimit = 4096;
  std::size_t size = 0;
  const Node* variables = function.properties.FindPath("Environment", "Variables");
  for (const auto& [name, value] : function.environment) {
    size += name.size() + value.size();
    const bool letter = !name.empty() && std::isalpha(static_cast<unsigned char>(name.front()));
    const bool valid = letter && std::all_of(name.begin(), name.end(), [](unsigned char c) {
                         return std::isalnum(c) != 0 || c == '_';
                       });
    const Node* written = variables == nullptr ? nullptr : variables->Find(name);
    const Position position = written == nullptr ? function.position : written->position();
    if (!valid) {
      checks.Add(Severity::kError, "environment", position,
                 PathOf(function, "Environment.Variables." + name),
                 fmt::format("'{}' is no name of an environment variable: Lambda takes letters, "
                             "digits and _, a letter first",
                             name));
    }
    static constexpr std::string_view kReserved[] = {"AWS_ACCESS_KEY_ID",
                                                     "AWS_DEFAULT_REGION",
                                                     "AWS_EXECUTION_ENV",
                                                     "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
                                                     "AWS_LAMBDA_FUNCTION_NAME",
                                                     "AWS_LAMBDA_FUNCTION_VERSION",
                                                     "AWS_LAMBDA_LOG_GROUP_NAME",
                                                     "AWS_LAMBDA_LOG_STREAM_NAME",
                                                     "AWS_LAMBDA_RUNTIME_API",
                                                     "AWS_REGION",
                                                     "AWS_SECRET_ACCESS_KEY",
                                                     "AWS_SESSION_TOKEN",
                                                     "LAMBDA_RUNTIME_DIR",
                                                     "LAMBDA_TASK_ROOT",
                                                     "_HANDLER"};
    if (std::find(std::begin(kReserved), std::end(kReserved), name) != std::end(kReserved)) {
      checks.Add(Severity::kError, "environment", position,
                 PathOf(function, "Environment.Variables." + name),
                 fmt::format("Lambda sets {} itself and refuses functions that do", name),
                 "choose another name");
    }
  }
  if (size > kLimit) {
    checks.Add(
        Severity::kError, "environment",
        variables == nullptr ? function.position : variables->position(),
        PathOf(function, "Environment"),
        fmt::format("the environment variables have {} bytes; Lambda takes {}", size, kLimit));
  }
}

}  // namespace

void CheckFunctions(Checks& checks) {
  for (const Function& function : checks.stack.functions) {
    CheckRuntime(checks, function);
    CheckCode(checks, function);
    CheckInlineHandler(checks, function);
    CheckEnvironment(checks, function);
  }
}

}  // namespace offstage::validate
