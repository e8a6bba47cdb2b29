#include "template/policies.h"

#include "base/text.h"
#include "template/event_policies.h"
#include "template/policy_templates.h"

namespace offstage::templates {
namespace {

std::string ManagedArn(Scope& scope, const std::string& name) {
  const bool is_name = std::all_of(name.begin(), name.end(), [](unsigned char c) {
    return std::isalnum(c) != 0 ||
           std::string_view("+=,.@-_").find(static_cast<char>(c)) != std::string_view::npos;
  });
  if (!is_name) {
    return name;  // An ARN, most likely.
  }
  // AWS's managed policies have paths (service-role/...) that a name alone does not tell.
  const bool service_role =
      (name.rfind("AWSLambda", 0) == 0 && name.find("Role") != std::string::npos) ||
      name == "AWSLambdaENIManagementAccess" || name == "AmazonAPIGatewayPushToCloudWatchLogs";
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
  std::vector<std::string> names = {function.properties.Contains("DurableConfig")
                                        ? "AWSLambdaBasicDurableExecutionRolePolicy"
                                        : "AWSLambdaBasicExecutionRole"};
  for (const EventSource& event : function.events) {
    const Node* through_queue = event.properties.Find("SqsSubscription");
    const bool queue = event.type == "SNS" && through_queue != nullptr &&
                       through_queue->AsBool().value_or(through_queue->IsMap());
    for (const auto& [type, name] : kByType) {
      if ((event.type == type || (queue && type == "SQS")) &&
          std::find(names.begin(), names.end(), name) == names.end()) {
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

// The queue or topic that SAM makes where the template names none.
std::string MadeDestination(Scope& scope, const ResourceEntry& entry, std::string_view when,
                            std::string_view type) {
  const bool topic = type == "SNS";
  const std::string id =
      fmt::format("{}EventInvokeConfig{}{}", entry.id, when, topic ? "Topic" : "Queue");
  ResourceEntry* made = type == "SQS" || topic ? scope.FindEntry(id) : nullptr;
  if (made == nullptr || made->info == nullptr) {
    return {};
  }
  const auto arn = scope.Format(*made, made->info->arn);
  return arn.ok() ? *arn : std::string();
}

// What SAM lets the generated role do with the places that failures and results go to.
void AddDestinationPolicies(Scope& scope, const ResourceEntry& entry, const Node& properties,
                            Function& function) {
  if (const Node* queue = properties.Find("DeadLetterQueue")) {
    const bool topic = queue->TextOf("Type") == "SNS";
    AddStatement("DeadLetterQueuePolicy", topic ? "sns:Publish" : "sqs:SendMessage",
                 queue->TextOf("TargetArn"), queue->position(), function);
  }
  static constexpr std::pair<std::string_view, std::string_view> kActions[] = {
      {"SQS", "sqs:SendMessage"},
      {"SNS", "sns:Publish"},
      {"Lambda", "lambda:InvokeFunction"},
      {"EventBridge", "events:PutEvents"},
      {"S3Bucket", "s3:PutObject"}};
  for (const std::string_view when : {"OnSuccess", "OnFailure"}) {
    const Node* place = properties.FindPath("EventInvokeConfig", "DestinationConfig", when);
    for (const auto& row : kActions) {
      if (place != nullptr && place->TextOf("Type") == row.first) {
        const std::string arn = place->Contains("Destination")
                                    ? place->TextOf("Destination")
                                    : MadeDestination(scope, entry, when, row.first);
        AddStatement(fmt::format("EventInvokeConfig{}Policy", when), row.second,
                     row.first == "S3Bucket" && !arn.empty() ? arn + "/*" : arn, place->position(),
                     function);
        if (row.first == "S3Bucket") {
          AddStatement(fmt::format("EventInvokeConfig{}ListPolicy", when), "s3:ListBucket", arn,
                       place->position(), function);
        }
      }
    }
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
  AddDestinationPolicies(scope, entry, properties, function);
  for (std::size_t i = 0; i < function.events.size(); ++i) {
    AddEventPolicies(scope, function.events[i], function);
  }
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
