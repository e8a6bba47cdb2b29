#include "template/policies.h"

#include "base/text.h"
#include "template/policy_templates.h"

namespace offstage::templates {
namespace {

std::string ManagedArn(Scope& scope, const std::string& name) {
  if (name.rfind("arn:", 0) == 0) {
    return name;
  }
  // AWS's managed policies have paths (service-role/...) that a name alone does not tell.
  const bool service_role =
      name.rfind("AWSLambda", 0) == 0 && name.find("Role") != std::string::npos;
  return fmt::format("arn:{}:iam::aws:policy/{}{}", scope.context().stack.partition,
                     service_role ? "service-role/" : "", name);
}

void ReadPolicy(Scope& scope, const ResourceEntry& entry, const Node& written, Function& function) {
  if (written.IsNull()) {
    return;
  }
  if (written.IsScalar()) {
    function.policies.push_back({.name = written.text(),
                                 .managed_arn = ManagedArn(scope, written.text()),
                                 .position = written.position()});
    return;
  }
  if (written.Contains("Statement")) {
    function.policies.push_back(
        {.name = entry.id + "Policy" + std::to_string(function.policies.size()),
         .document = written,
         .position = written.position()});
    return;
  }
  if (written.IsMap() && written.entries().size() == 1) {
    const Entry& use = written.entries()[0];
    auto document = ExpandPolicyTemplate(scope, use.key, use.value, use.key_position);
    if (document.ok()) {
      function.policies.push_back(
          {.name = use.key, .document = std::move(document).value(), .position = use.key_position});
      return;
    }
    scope.Note(Fate::kRefused, document.error().position, entry.id + ".Policies",
               document.error().message);
    return;
  }
  scope.Note(Fate::kRefused, written.position(), entry.id + ".Policies",
             "a policy is a name, an ARN, a document with Statement, or one policy template");
}

// What SAM's generated role has besides Policies: writing logs, and reading the event sources.
void AddExecutionPolicies(Scope& scope, const ResourceEntry& entry, Function& function) {
  static constexpr std::pair<std::string_view, std::string_view> kByType[] = {
      {"DynamoDB", "AWSLambdaDynamoDBExecutionRole"},
      {"Kinesis", "AWSLambdaKinesisExecutionRole"},
      {"MSK", "AWSLambdaMSKExecutionRole"},
      {"SQS", "AWSLambdaSQSQueueExecutionRole"}};
  std::vector<std::string> names = {"AWSLambdaBasicExecutionRole"};
  for (const EventSource& event : function.events) {
    for (const auto& [type, name] : kByType) {
      if (event.type == type && std::find(names.begin(), names.end(), name) == names.end()) {
        names.emplace_back(name);
      }
    }
  }
  const Node* vpc = function.properties.Find("VpcConfig");
  if (vpc != nullptr && !vpc->IsNull()) {
    names.emplace_back("AWSLambdaVPCAccessExecutionRole");
  }
  const Node* tracing = function.properties.Find("Tracing");
  if (tracing != nullptr && !tracing->IsNull() && tracing->text() != "Disabled") {
    names.emplace_back("AWSXrayWriteOnlyAccess");
  }
  for (const std::string& name : names) {
    function.policies.push_back(
        {.name = name, .managed_arn = ManagedArn(scope, name), .position = entry.position});
  }
}

}  // namespace

void ReadPolicies(Scope& scope, const ResourceEntry& entry, const Node& properties,
                  Function& function) {
  const Node* role = properties.Find("Role");
  if (role != nullptr && !role->IsNull()) {
    return;  // SAM ignores Policies beside a Role.
  }
  AddExecutionPolicies(scope, entry, function);
  const Node* written = properties.Find("Policies");
  if (written == nullptr) {
    return;
  }
  if (!written->IsList()) {
    ReadPolicy(scope, entry, *written, function);
    return;
  }
  for (const Node& item : written->items()) {
    ReadPolicy(scope, entry, item, function);
  }
}

}  // namespace offstage::templates
