#include "lambda/failure.h"

#include <fmt/format.h>
#include <signal.h>  // NOLINT: SIGKILL is POSIX

#include <nlohmann/json.hpp>

#include "base/json.h"

namespace offstage::lambda {
namespace {

std::string ErrorJson(std::string_view type, std::string_view message) {
  std::string json = R"({"errorType":)";
  AppendJsonString(type, json);
  json += R"(,"errorMessage":)";
  AppendJsonString(message, json);
  return json + "}";
}

// What Lambda itself says about a process that ended.
std::string ExitMessage(const process::ExitStatus& status) {
  return status.success() ? "Runtime exited without providing a reason"
                          : "Runtime exited with error: " + status.Describe();
}

std::string TextMember(const Json& json, const char* name) {
  const auto member = json.find(name);
  return member != json.end() && member->is_string() ? member->get<std::string>() : std::string();
}

// The package that an import error names: "No module named 'boto3'" or "Cannot find module
// 'aws-sdk'".
std::string MissingPackage(std::string_view message) {
  for (const std::string_view start : {"No module named '", "Cannot find module '",
                                       "Cannot find package '", "cannot load such file -- "}) {
    const auto found = message.find(start);
    if (found == std::string_view::npos) continue;
    const std::string_view rest = message.substr(found + start.size());
    return std::string(rest.substr(0, rest.find_first_of("'\n ")));
  }
  return {};
}

std::string HowToProvide(const Runtime& runtime, const std::string& package,
                         const FunctionConfig& function) {
  const std::string folder = function.code.string();
  switch (runtime.language) {
    case Language::kPython:
      if (package.starts_with("boto")) {
        return "Lambda bundles it; here install it with `pip install boto3` for the interpreter "
               "used, "
               "or `apt install python3-boto3`";
      }
      return fmt::format(
          "a deployment package would contain it: `pip install {} -t {}`, run "
          "`sam build`, or install it for the interpreter used",
          package.substr(0, package.find('.')), folder);
    case Language::kNode:
      if (package == "aws-sdk" || package.starts_with("aws-sdk/")) {
        return runtime.version.major >= 18
                   ? fmt::format(
                         "from nodejs18.x on Lambda no longer bundles SDK version 2: it fails "
                         "when deployed too unless packaged (`npm install aws-sdk` in {})",
                         folder)
                   : "Lambda bundles it up to nodejs16.x; here `npm install aws-sdk` in the "
                     "project or "
                     "any folder above it provides it";
      }
      if (package.starts_with("@aws-sdk/") || package.starts_with("@smithy/")) {
        return runtime.version.major >= 18
                   ? fmt::format(
                         "Lambda bundles it from nodejs18.x on; here `npm install {}` in the "
                         "project or any folder above it provides it",
                         package)
                   : fmt::format(
                         "Lambda bundles version 3 of the SDK only from nodejs18.x on: it "
                         "fails when deployed too unless packaged (`npm install {}` in {})",
                         package, folder);
      }
      return fmt::format("`npm install` in {} provides it", folder);
    case Language::kRuby:
      if (package.starts_with("aws-sdk")) {
        return fmt::format("Lambda bundles the SDK's gems; here `gem install {}` provides it",
                           package);
      }
      return fmt::format("`bundle install` in {} provides it", folder);
    case Language::kProvided:
      break;
  }
  return {};
}

std::string ExplainReported(const FunctionConfig& function, const Runtime& runtime,
                            const std::string& type, const std::string& message) {
  const std::string who = NameForPeople(function);
  if (type == "Runtime.ImportModuleError" || type == "Function<LoadError>" ||
      type == "Init<LoadError>") {
    const std::string package = MissingPackage(message);
    const bool own_file = package.empty() || function.handler.starts_with(package) ||
                          package.find(function.code.string()) != std::string::npos;
    if (own_file) {
      return fmt::format("{}: handler {} was not found in {}: {}", who, function.handler,
                         function.code.string(), message);
    }
    return fmt::format("{}: cannot import {}: {}", who, package,
                       HowToProvide(runtime, package, function));
  }
  if (type == "Runtime.HandlerNotFound" || type == "Runtime.MalformedHandlerName") {
    return fmt::format("{}: Handler is {}, looked for in {}: {}", who, function.handler,
                       function.code.string(), message);
  }
  return fmt::format("{} failed: {}: {}", who, type.empty() ? "error" : type, message);
}

}  // namespace

std::string NameForPeople(const FunctionConfig& function) {
  const std::string& name = function.logical_id.empty() ? function.name : function.logical_id;
  return function.position.empty() ? name : name + " (" + function.position + ")";
}

Failure TimedOut(const FunctionConfig& function, const std::string& request_id,
                 const std::string& time) {
  const double seconds = static_cast<double>(function.timeout.count()) / 1000.0;
  return {
      .error_type = "Sandbox.Timedout",
      .payload = ErrorJson("Sandbox.Timedout",
                           fmt::format("RequestId: {} Error: Task timed out after {:.2f} seconds",
                                       request_id, seconds)),
      .explanation = fmt::format(
          "{} did not answer within its Timeout of {:g} s, so its process was ended: raise "
          "Timeout, or see what the handler waits for",
          NameForPeople(function), seconds),
      .log_text =
          fmt::format("{} {} Task timed out after {:.2f} seconds\n\n", time, request_id, seconds),
      .report_status = "timeout"};
}

Failure Exited(const FunctionConfig& function, const std::string& request_id,
               const process::ExitStatus& status) {
  const std::string message =
      fmt::format("RequestId: {} Error: {}", request_id, ExitMessage(status));
  return {
      .error_type = "Runtime.ExitError",
      .payload = ErrorJson("Runtime.ExitError", message),
      .explanation = fmt::format("{}: its process ended ({}) before it answered; see its output",
                                 NameForPeople(function), status.Describe()),
      .log_text = message + "\nRuntime.ExitError\n",
      .report_status = "error"};
}

// What the service answers when its kernel ends a process: a killed one.
Failure OutOfMemory(const FunctionConfig& function, const std::string& request_id,
                    std::size_t bytes) {
  Failure failure = Exited(function, request_id, process::ExitStatus{.signal = SIGKILL});
  failure.explanation = fmt::format(
      "{}: it was out of memory: its process used {} MB of its MemorySize of {} MB and was ended, "
      "as "
      "Lambda would: raise MemorySize, or see what the handler keeps",
      NameForPeople(function), bytes / (1024 * 1024), function.memory_mb);
  return failure;
}

Failure CannotStart(const FunctionConfig& function, const std::string& request_id,
                    const std::string& reason) {
  const std::string message = fmt::format("RequestId: {} Error: {}", request_id, reason);
  return {.error_type = "Runtime.InvalidEntrypoint",
          .payload = ErrorJson("Runtime.InvalidEntrypoint", message),
          .explanation = NameForPeople(function) + ": " + reason,
          .log_text = message + "\nRuntime.InvalidEntrypoint\n",
          .report_status = "error"};
}

Failure Reported(const FunctionConfig& function, const Runtime& runtime, std::string payload) {
  std::string type;
  std::string message;
  const auto json = ParseJson(payload);
  if (json.ok() && json->is_object()) {
    type = TextMember(*json, "errorType");
    message = TextMember(*json, "errorMessage");
  }
  std::string explanation = ExplainReported(function, runtime, type, message);
  return {.error_type = std::move(type),
          .payload = std::move(payload),
          .explanation = std::move(explanation)};
}

std::string ReportedType(const std::string& payload) {
  const auto json = ParseJson(payload);
  return json.ok() && json->is_object() ? TextMember(*json, "errorType") : std::string();
}

Failure ResponseTooLarge(const FunctionConfig& function) {
  return {
      .error_type = "Function.ResponseSizeTooLarge",
      .payload = fmt::format(R"({{"errorMessage":"Response payload size exceeded maximum allowed )"
                             R"(payload size ({} bytes).","errorType":)"
                             R"("Function.ResponseSizeTooLarge"}})",
                             kMaxResponseBytes),
      .explanation = fmt::format("{}: its answer is larger than the 6 MB that Lambda allows: page "
                                 "it, or put it into a bucket and answer its address",
                                 NameForPeople(function))};
}

}  // namespace offstage::lambda
