#include <iterator>

#include "base/text.h"
#include "template/intrinsics.h"
#include "template/sam.h"

namespace offstage::templates {
namespace {

struct GlobalSection {
  std::string_view name;
  std::string_view type;
  // Separated by blanks; SAM refuses others.
  std::string_view properties;
};

constexpr GlobalSection kGlobals[] = {
    {"Function", "AWS::Serverless::Function",
     "Handler Runtime CodeUri DeadLetterQueue Description MemorySize Timeout VpcConfig Environment "
     "Tags "
     "PropagateTags Tracing KmsKeyArn AutoPublishAlias AutoPublishAliasAllProperties Layers "
     "DeploymentPreference RolePath PermissionsBoundary ReservedConcurrentExecutions "
     "ProvisionedConcurrencyConfig AssumeRolePolicyDocument EventInvokeConfig FileSystemConfigs "
     "CodeSigningConfigArn Architectures SnapStart EphemeralStorage FunctionUrlConfig "
     "RuntimeManagementConfig LoggingConfig RecursiveLoop SourceKMSKeyArn CapacityProviderConfig "
     "FunctionScalingConfig PublishToLatestPublished VersionDeletionPolicy TenancyConfig "
     "DurableConfig "
     "VersionDescription"},
    {"Api", "AWS::Serverless::Api",
     "Auth Name DefinitionUri CacheClusterEnabled CacheClusterSize MergeDefinitions Variables "
     "EndpointConfiguration MethodSettings BinaryMediaTypes MinimumCompressionSize Cors "
     "GatewayResponses AccessLogSetting CanarySetting TracingEnabled OpenApiVersion Domain "
     "AlwaysDeploy "
     "PropagateTags SecurityPolicy EndpointAccessMode"},
    {"HttpApi", "AWS::Serverless::HttpApi",
     "Auth AccessLogSettings StageVariables Tags CorsConfiguration DefaultRouteSettings Domain "
     "RouteSettings FailOnWarnings PropagateTags"},
    {"SimpleTable", "AWS::Serverless::SimpleTable", "SSESpecification"},
    {"StateMachine", "AWS::Serverless::StateMachine", "PropagateTags"},
    {"LayerVersion", "AWS::Serverless::LayerVersion", "PublishLambdaVersion"},
    {"CapacityProvider", "AWS::Serverless::CapacityProvider", ""},
    {"WebSocketApi", "AWS::Serverless::WebSocketApi", ""},
};

// The properties of one Globals section that SAM accepts.
Node AcceptedProperties(Scope& scope, const GlobalSection& section, const Node& written) {
  Node accepted = Node::Map(written.position());
  const auto names = Split(section.properties, ' ');
  for (const Entry& entry : written.entries()) {
    const bool known = section.properties.empty() ||
                       std::find(names.begin(), names.end(), entry.key) != names.end();
    if (known) {
      accepted.entries().push_back(entry);
      continue;
    }
    scope.Note(Fate::kRefused, entry.key_position,
               fmt::format("Globals.{}.{}", section.name, entry.key),
               fmt::format("Globals cannot set the property {} of functions and the like (SAM "
                           "refuses it; it has no effect)",
                           Suggest(entry.key, {names.begin(), names.end()})));
  }
  return accepted;
}

bool IgnoresGlobal(const ResourceEntry& entry, const std::string& property) {
  const Node* ignore = entry.definition.Find("IgnoreGlobals");
  return ignore != nullptr &&
         (ignore->text() == "*" ||
          std::any_of(ignore->items().begin(), ignore->items().end(),
                      [&](const Node& item) { return item.text() == property; }));
}

void MergeInto(ResourceEntry& entry, const Node& globals) {
  Node applicable = Node::Map(globals.position());
  for (const Entry& global : globals.entries()) {
    if (!IgnoresGlobal(entry, global.key)) {
      applicable.entries().push_back(global);
    }
  }
  Node* written = entry.definition.Find("Properties");
  const bool has_properties = written != nullptr && written->IsMap();
  Node merged =
      has_properties ? MergeGlobal(applicable, std::move(*written)) : std::move(applicable);
  entry.definition.Set("Properties", std::move(merged));
}

bool HasImplicitEvent(const ResourceEntry& entry, std::string_view event_type,
                      std::string_view api_property) {
  const Node* events = entry.definition.FindPath("Properties", "Events");
  if (entry.type != "AWS::Serverless::Function" && entry.type != "AWS::Serverless::StateMachine") {
    return false;
  }
  return events != nullptr &&
         std::any_of(events->entries().begin(), events->entries().end(), [&](const Entry& event) {
           return event.value.TextOf("Type") == event_type &&
                  event.value.FindPath("Properties", api_property) == nullptr;
         });
}

void AddImplicitApi(Scope& scope, std::string_view id, std::string_view type,
                    std::string_view event_type, std::string_view api_property,
                    std::string_view stage) {
  const auto& entries = scope.entries();
  const auto first = std::find_if(entries.begin(), entries.end(), [&](const auto& entry) {
    return HasImplicitEvent(*entry, event_type, api_property);
  });
  // A resource of this id that the author wrote is what events without an API use.
  if (first == entries.end() || std::any_of(entries.begin(), entries.end(),
                                            [id](const auto& entry) { return entry->id == id; })) {
    return;
  }
  const Position position = (*first)->position;
  Node definition = Node::Map(position);
  definition.Set("Properties", Node::Map(position))
      .Set("StageName", Node::String(std::string(stage), position));
  scope.AddGenerated(std::string(id), type, (*first)->id, std::move(definition));
}

}  // namespace

Node MergeGlobal(const Node& global, Node local) {
  if (global.IsList() && local.IsList()) {
    Node list = Node::List(global.items(), local.position());
    std::move(local.items().begin(), local.items().end(), std::back_inserter(list.items()));
    return list;
  }
  if (!global.IsMap() || !local.IsMap() || IsIntrinsic(global) || IsIntrinsic(local)) {
    return local;
  }
  Node map = global;
  map.set_position(local.position());
  for (Entry& entry : local.entries()) {
    if (Node* member = map.Find(entry.key)) {
      *member = MergeGlobal(*member, std::move(entry.value));
    } else {
      map.entries().push_back(std::move(entry));
    }
  }
  return map;
}

void PrepareSam(Scope& scope) {
  AddImplicitApi(scope, kImplicitRestApi, "AWS::Serverless::Api", "Api", "RestApiId", "Prod");
  AddImplicitApi(scope, kImplicitHttpApi, "AWS::Serverless::HttpApi", "HttpApi", "ApiId",
                 "$default");
  const Node* globals = scope.Section("Globals");
  if (globals == nullptr) {
    return;
  }
  for (const Entry& written : globals->entries()) {
    const auto section =
        std::find_if(std::begin(kGlobals), std::end(kGlobals),
                     [&](const GlobalSection& row) { return row.name == written.key; });
    if (section == std::end(kGlobals)) {
      std::vector<std::string> names;
      for (const GlobalSection& row : kGlobals) {
        names.emplace_back(row.name);
      }
      scope.Note(Fate::kRefused, written.key_position, "Globals." + written.key,
                 "Globals has no section " + Suggest(written.key, names));
      continue;
    }
    const Node accepted = AcceptedProperties(scope, *section, written.value);
    for (const auto& entry : scope.entries()) {
      if (entry->type == section->type) {
        MergeInto(*entry, accepted);
      }
    }
  }
}

}  // namespace offstage::templates
