// FunctionConfig: one Lambda function as the deployment knows it, with every intrinsic resolved.
#pragma once

#include <chrono>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace offstage::lambda {

// What becomes of asynchronous invocations (EventInvokeConfig).
struct AsyncConfig {
  int max_retries = 2;
  std::chrono::seconds max_age{std::chrono::hours(6)};
  // ARNs; empty: none.
  std::string on_success = {};
  std::string on_failure = {};
  // DeadLetterConfig: an SQS queue or SNS topic.
  std::string dead_letter = {};
};

// A name for a version: "live" for "3".
struct AliasConfig {
  std::string name = {};
  std::string version = {};
  std::string description = {};
};

// Lambda's own defaults stand where the template is silent.
struct FunctionConfig {
  // Physical name: "hdoc-GetUsers-1A2B3C4D5E6F". Unique within the deployment.
  std::string name = {};
  // Logical id with the path of nested stacks ("ApiStack/GetUsers"), for people. May be empty.
  std::string logical_id = {};
  // "python3.8", "nodejs16.x", "ruby3.2", "provided.al2023".
  std::string runtime = {};
  // "folder/file.function"; any text for provided.*.
  std::string handler = {};
  // The folder or zip file that holds the code, absolute (CodeUri). Never written to.
  std::filesystem::path code = {};
  // InlineCode: the text of the handler's one file. When given, `code` is not looked at.
  std::string inline_code = {};
  int memory_mb = 128;
  std::chrono::milliseconds timeout{std::chrono::seconds(3)};
  std::map<std::string, std::string> environment = {};
  // Content folders or zip files of the layers in merge order (later ones win), absolute: what
  // Lambda unpacks into /opt.
  std::vector<std::filesystem::path> layers = {};
  // Environments that may run at once; null: only the deployment's own limit.
  std::optional<int> reserved_concurrency = {};
  // Environments that are started before the first invocation.
  int provisioned_concurrency = 0;
  AsyncConfig async = {};
  // "1", "2": the template's; all run the code as it is now.
  std::vector<std::string> versions = {};
  std::vector<AliasConfig> aliases = {};
  // Which version this is: of the template's function always "$LATEST".
  std::string version = "$LATEST";
  // The function's execution role, shown by GetFunction. May be empty.
  std::string role_arn = {};
  std::string description = {};
  // The next four are only shown: handlers run on this machine, whatever they say.
  std::string architecture = "x86_64";
  int ephemeral_storage_mb = 512;
  // "PassThrough" or "Active".
  std::string tracing = "PassThrough";
  std::map<std::string, std::string> tags = {};
  // Where the template defines it ("template.yaml:12:5"), for messages. May be empty.
  std::string position = {};
};

}  // namespace offstage::lambda
