// The resources that SAM generates, as far as templates refer to them.
// docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-specification-generated-resources.html
#include "base/text.h"
#include "template/sam.h"

namespace offstage::templates {
namespace {

const Node* Property(const ResourceEntry& entry, std::string_view name) {
  return entry.definition.FindPath("Properties", name);
}

std::string_view EventResourceType(std::string_view event_type) {
  if (event_type == "Schedule" || event_type == "CloudWatchEvent" ||
      event_type == "EventBridgeRule") {
    return "AWS::Events::Rule";
  }
  if (event_type == "ScheduleV2") {
    return "AWS::Scheduler::Schedule";
  }
  if (event_type == "SNS") {
    return "AWS::SNS::Subscription";
  }
  if (event_type == "IoTRule") {
    return "AWS::IoT::TopicRule";
  }
  return "AWS::Lambda::EventSourceMapping";
}

// The type of the resource whose id is the function's id and `rest`; empty: none.
std::string_view FunctionPart(const ResourceEntry& function, std::string_view rest) {
  if (rest == "Role") {
    return "AWS::IAM::Role";
  }
  if (function.type != "AWS::Serverless::Function") {
    return {};
  }
  if (rest == "Url" && Property(function, "FunctionUrlConfig") != nullptr) {
    return "AWS::Lambda::Url";
  }
  if (rest == "EventInvokeConfigOnSuccessQueue" || rest == "EventInvokeConfigOnFailureQueue") {
    return "AWS::SQS::Queue";
  }
  if (rest == "EventInvokeConfigOnSuccessTopic" || rest == "EventInvokeConfigOnFailureTopic") {
    return "AWS::SNS::Topic";
  }
  if (rest == "DeploymentGroup" && Property(function, "DeploymentPreference") != nullptr) {
    return "AWS::CodeDeploy::DeploymentGroup";
  }
  const Node* alias = Property(function, "AutoPublishAlias");
  if (alias != nullptr && rest.rfind("Version", 0) == 0) {
    return "AWS::Lambda::Version";
  }
  if (alias != nullptr && rest == "Alias" + alias->text()) {
    return "AWS::Lambda::Alias";
  }
  const Node* events = Property(function, "Events");
  if (events == nullptr) {
    return {};
  }
  for (const Entry& event : events->entries()) {
    if (rest == event.key) {
      return EventResourceType(event.value.TextOf("Type"));
    }
    if (rest == event.key + "Permission") {
      return "AWS::Lambda::Permission";
    }
  }
  return {};
}

Node WithName(std::string_view property, const Node& value) {
  Node definition = Node::Map(value.position());
  definition.Set("Properties", Node::Map(value.position())).Set(property, value);
  return definition;
}

bool EndsWith(std::string_view text, std::string_view end) {
  return text.size() >= end.size() && text.substr(text.size() - end.size()) == end;
}

// What gradual deployments share, made when a function has a DeploymentPreference.
std::string_view DeploymentPart(Scope& scope, std::string_view id) {
  const std::string_view type = id == "ServerlessDeploymentApplication"
                                    ? "AWS::CodeDeploy::Application"
                                : id == "CodeDeployServiceRole" ? "AWS::IAM::Role"
                                                                : std::string_view();
  const auto& entries = scope.entries();
  const bool made = std::any_of(entries.begin(), entries.end(), [](const auto& entry) {
    return entry->type == "AWS::Serverless::Function" &&
           Property(*entry, "DeploymentPreference") != nullptr;
  });
  return made ? type : std::string_view();
}

}  // namespace

ResourceEntry* FindSamGenerated(Scope& scope, std::string_view id) {
  if (const std::string_view type = DeploymentPart(scope, id); !type.empty()) {
    return &scope.AddGenerated(std::string(id), type, "DeploymentPreference", Node::Map());
  }
  for (std::size_t i = 0; i < scope.entries().size(); ++i) {
    const ResourceEntry& entry = *scope.entries()[i];
    if (entry.type.rfind("AWS::Serverless::", 0) != 0 || id.size() <= entry.id.size() ||
        id.rfind(entry.id, 0) != 0) {
      continue;
    }
    const std::string_view rest = id.substr(entry.id.size());
    if (entry.type == "AWS::Serverless::Function" ||
        entry.type == "AWS::Serverless::StateMachine") {
      const std::string_view type = FunctionPart(entry, rest);
      if (!type.empty()) {
        const bool alias = type == "AWS::Lambda::Alias";
        return &scope.AddGenerated(std::string(id), type, entry.id,
                                   alias ? WithName("Name", *Property(entry, "AutoPublishAlias"))
                                         : Node::Map(entry.position));
      }
    }
    const bool rest_api = entry.type == "AWS::Serverless::Api";
    if (rest_api || entry.type == "AWS::Serverless::HttpApi") {
      if (EndsWith(rest, "Stage")) {
        const Node* stage = Property(entry, "StageName");
        return &scope.AddGenerated(
            std::string(id), rest_api ? "AWS::ApiGateway::Stage" : "AWS::ApiGatewayV2::Stage",
            entry.id, WithName("StageName", stage == nullptr ? Node::String("$default") : *stage));
      }
      if (rest_api && rest.rfind("Deployment", 0) == 0) {
        return &scope.AddGenerated(std::string(id), "AWS::ApiGateway::Deployment", entry.id,
                                   Node::Map(entry.position));
      }
    }
  }
  return nullptr;
}

Resolved<std::optional<Node>> SamReference(Scope& scope, std::string_view name,
                                           const Position& position) {
  const std::size_t dot = name.find('.');
  if (dot == std::string_view::npos) {
    return std::optional<Node>();
  }
  ResourceEntry* entry = scope.FindEntry(name.substr(0, dot));
  const std::string_view part = name.substr(dot + 1);
  if (entry == nullptr || entry->info == nullptr) {
    return std::optional<Node>();
  }
  const auto text = [&](Resolved<std::string> value) -> Resolved<std::optional<Node>> {
    OFFSTAGE_TRY(std::string made, std::move(value));
    return std::optional(Node::String(std::move(made), position));
  };
  if (entry->type == "AWS::Serverless::Function") {
    const Node* alias = Property(*entry, "AutoPublishAlias");
    if (part == "Version" || part == "Version.Version") {
      return part == "Version" ? text(scope.Format(*entry, std::string(entry->info->arn) + ":1"))
                               : text(std::string("1"));
    }
    if (part == "Alias" && alias != nullptr) {
      OFFSTAGE_TRY(const std::string alias_name, scope.Text(*alias, "AutoPublishAlias"));
      return text(scope.Format(*entry, fmt::format("{}:{}", entry->info->arn, alias_name)));
    }
  }
  if (entry->type == "AWS::Serverless::Api" || entry->type == "AWS::Serverless::HttpApi") {
    const Node* stage = Property(*entry, "StageName");
    if (part == "Stage") {
      return text(stage == nullptr ? Resolved<std::string>(std::string("$default"))
                                   : scope.Text(*stage, "StageName"));
    }
    if (part == "Deployment") {
      return text(scope.Format(*entry, "{lower10}"));
    }
  }
  static constexpr std::string_view kParts[] = {
      "ApiKey",     "BasePathMapping", "DeadLetterQueue", "DestinationQueue", "DestinationTopic",
      "DomainName", "DomainNameV2",    "Stage",           "UsagePlan",        "UsagePlanKey"};
  if (entry->type.rfind("AWS::Serverless::", 0) == 0 &&
      std::find(std::begin(kParts), std::end(kParts), part) != std::end(kParts)) {
    return text(fmt::format("{}-{}{}", scope.stack_name(), entry->id, part));
  }
  if (entry->type == "AWS::Lambda::Url" && part == "FunctionUrl") {
    return text(scope.Format(*entry, "https://{url32}.lambda-url.{region}.on.aws/"));
  }
  return std::optional<Node>();
}

}  // namespace offstage::templates
