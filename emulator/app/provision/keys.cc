#include "app/provision/keys.h"

#include <fmt/format.h>

namespace offstage::app {

namespace {

using templates::Resource;

void LeaveOut(const Resource& resource, const std::string& why, Log& log) {
  log.Warn("left out",
           {{"resource", resource.path}, {"position", resource.position.Text()}, {"why", why}});
}

Status EnsureKmsKey(const Resource& resource, kms::Service& service) {
  struct Row {
    const char* property;
    const char* only;
  };
  for (const Row& row : {Row{"KeySpec", "SYMMETRIC_DEFAULT"}, Row{"KeyUsage", "ENCRYPT_DECRYPT"},
                         Row{"Origin", "AWS_KMS"}}) {
    const std::string value = resource.properties.TextOf(row.property, row.only);
    if (value != row.only)
      return Fail(Error{fmt::format("{} {} is not emulated", row.property, value)});
  }
  const templates::Node* enabled = resource.properties.Find("Enabled");
  return service.EnsureKey({.id = resource.physical_id,
                            .description = resource.properties.TextOf("Description"),
                            .enabled = enabled == nullptr || enabled->AsBool().value_or(true)});
}

Status EnsureKmsAlias(const Resource& resource, kms::Service& service) {
  const std::string target = resource.properties.TextOf("TargetKeyId");
  OFFSTAGE_TRY_VOID(service.EnsureNamed(target));
  return service.EnsureAlias(resource.physical_id, target);
}

// Keys that are only named: functions and user pools use them as if they were here.
Status EnsureNamedKeys(const templates::Stack& stack, kms::Service& service) {
  for (const templates::Function& function : stack.functions) {
    for (const auto& [name, value] : function.environment)
      OFFSTAGE_TRY_VOID(service.EnsureNamed(value));
  }
  for (const Resource& resource : stack.resources) {
    if (resource.type != "AWS::Cognito::UserPool") continue;
    const templates::Node* key = resource.properties.FindPath("LambdaConfig", "KMSKeyID");
    if (key != nullptr) OFFSTAGE_TRY_VOID(service.EnsureNamed(key->text()));
  }
  return Ok();
}

}  // namespace

Result<std::unique_ptr<kms::Service>> OpenKeys(const templates::Stack& stack,
                                               const std::filesystem::path& database,
                                               const KeyContext& context) {
  kms::Options options;
  if (!database.empty()) options.database_file = (database.parent_path() / "kms.db").string();
  options.region = stack.region;
  options.account_id = stack.account_id;
  options.partition = stack.partition;
  options.clock = &context.clock;
  options.ids = &context.ids;
  options.log = &context.log;
  OFFSTAGE_TRY(auto service, kms::Service::Create(options));
  for (const Resource& resource : stack.resources) {
    if (resource.type != "AWS::KMS::Key") continue;
    if (const Status made = EnsureKmsKey(resource, *service); !made.ok())
      LeaveOut(resource, made.error().message, context.log);
  }
  for (const Resource& resource : stack.resources) {
    if (resource.type != "AWS::KMS::Alias") continue;
    if (const Status made = EnsureKmsAlias(resource, *service); !made.ok())
      LeaveOut(resource, made.error().message, context.log);
  }
  OFFSTAGE_TRY_VOID(EnsureNamedKeys(stack, *service));
  return service;
}

}  // namespace offstage::app
