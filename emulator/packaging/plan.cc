#include "packaging/plan.h"

#include "base/text.h"

namespace offstage::packaging {
namespace {

namespace fs = std::filesystem;
using templates::Function;
using templates::Resource;
using templates::Stack;

bool StartsWith(std::string_view text, std::string_view start) {
  return text.substr(0, start.size()) == start;
}

bool Has(const fs::path& folder, std::string_view file) {
  std::error_code error;
  return fs::exists(folder / file, error);
}

Method ByRuntime(const Task& task) {
  if (StartsWith(task.runtime, "python")) {
    return Method::kPip;
  }
  if (StartsWith(task.runtime, "nodejs")) {
    return Has(task.source, "package.json") ? Method::kNpm : Method::kCopy;
  }
  if (StartsWith(task.runtime, "ruby")) {
    return Has(task.source, "Gemfile") ? Method::kBundler : Method::kCopy;
  }
  return Method::kCopy;
}

// What `Metadata: BuildMethod` or the runtime asks for.
void Choose(Task& task) {
  const std::string written = task.metadata.TextOf("BuildMethod");
  if (written == "makefile") {
    task.method = Method::kMake;
  } else if (written == "esbuild") {
    task.method = Method::kEsbuild;
  } else if (written == "go1.x") {
    task.method = Method::kGo;
  } else if (written.empty() || written == task.runtime || StartsWith(written, "python") ||
             StartsWith(written, "nodejs") || StartsWith(written, "ruby")) {
    task.runtime = written.empty() ? task.runtime : written;
    const bool other = StartsWith(task.runtime, "java") || StartsWith(task.runtime, "dotnet") ||
                       task.runtime == "go1.x";
    if (other && !Has(task.source, "bootstrap")) {
      task.refused = fmt::format(
          "functions of the runtime {} are not built here; set Metadata.BuildMethod: makefile, or "
          "use `sam build`",
          task.runtime);
    }
    task.method = ByRuntime(task);
  } else {
    task.refused = fmt::format(
        "BuildMethod '{}' is not known here; known are makefile, esbuild, go1.x, python*, nodejs* "
        "and ruby*",
        written);
  }
}

bool IsFolder(const fs::path& path) {
  std::error_code error;
  return !path.empty() && fs::is_directory(path, error);
}

bool Skips(const templates::Node& metadata) {
  const templates::Node* skip = metadata.Find("SkipBuild");
  return skip != nullptr && skip->AsBool().value_or(false);
}

std::optional<Task> LayerTask(const Stack& stack, const Resource& resource) {
  const bool sam = resource.type == "AWS::Serverless::LayerVersion";
  const std::string method = resource.metadata.TextOf("BuildMethod");
  if ((!sam && resource.type != "AWS::Lambda::LayerVersion") || method.empty() ||
      Skips(resource.metadata)) {
    return std::nullopt;
  }
  const fs::path folder =
      resource.position.file == nullptr
          ? stack.template_file.parent_path()
          : (stack.template_file.parent_path() / *resource.position.file).parent_path();
  Task task;
  task.path = resource.path;
  task.logical_id = resource.logical_id;
  task.metadata = resource.metadata;
  task.runtime = method;
  fs::path content = folder / resource.properties.TextOf(sam ? "ContentUri" : "Content");
  content = content.lexically_normal();
  task.source = content.has_filename() ? content : content.parent_path();
  task.architecture = resource.metadata.TextOf("BuildArchitecture", "x86_64");
  task.inner_folder = StartsWith(method, "python")   ? "python"
                      : StartsWith(method, "nodejs") ? "nodejs"
                      : StartsWith(method, "ruby")   ? "ruby/lib"
                                                     : "";
  Choose(task);
  if (!IsFolder(task.source)) {
    task.refused = fmt::format("its content '{}' does not exist", task.source.string());
  }
  return task;
}

}  // namespace

std::string Task::MethodName() const {
  switch (method) {
    case Method::kCopy:
      return "copied";
    case Method::kPip:
      return runtime + ", pip";
    case Method::kNpm:
      return runtime + ", npm";
    case Method::kBundler:
      return runtime + ", bundler";
    case Method::kMake:
      return "make";
    case Method::kEsbuild:
      return "esbuild";
    case Method::kGo:
      break;
  }
  return "go build";
}

std::vector<Task> PlanTasks(const Stack& stack) {
  std::vector<Task> tasks;
  for (const Resource& resource : stack.resources) {
    if (auto task = LayerTask(stack, resource)) {
      tasks.push_back(std::move(*task));
    }
  }
  for (const Function& function : stack.functions) {
    std::error_code error;
    const bool archive = fs::is_regular_file(function.code, error);
    if (function.package_type == templates::PackageType::kImage || function.inline_code ||
        function.code.empty() || archive || Skips(function.metadata)) {
      continue;
    }
    Task task;
    task.path = function.path;
    task.logical_id = function.logical_id;
    task.metadata = function.metadata;
    task.runtime = function.runtime;
    task.source = function.code;
    task.architecture = function.architectures.empty() ? "x86_64" : function.architectures[0];
    Choose(task);
    if (!IsFolder(task.source)) {
      task.refused = fmt::format("its code '{}' does not exist", task.source.string());
    }
    tasks.push_back(std::move(task));
  }
  return tasks;
}

}  // namespace offstage::packaging
