#include "app/provision/user_pools.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

namespace offstage::app {

namespace {

using templates::Resource;

constexpr std::string_view kPrefix = "AWS::Cognito::";

// CloudFormation's name of what it has to name itself.
std::string GeneratedName(const Resource& resource) {
  const auto dash = resource.physical_id.find_last_of("_-");
  return resource.logical_id + "-" +
         resource.physical_id.substr(dash == std::string::npos ? 0 : dash + 1);
}

// The functions that events of type Cognito attach to a pool.
void AddEventTriggers(const templates::Stack& stack, const std::string& pool_id, Json& members) {
  for (const templates::Function& function : stack.functions) {
    for (const templates::EventSource& event : function.events) {
      if (event.type != "Cognito" || event.properties.TextOf("UserPool") != pool_id) continue;
      const templates::Node* triggers = event.properties.Find("Trigger");
      if (triggers == nullptr) continue;
      if (triggers->IsScalar()) members["LambdaConfig"][triggers->text()] = function.arn;
      for (const templates::Node& trigger : triggers->items())
        members["LambdaConfig"][trigger.text()] = function.arn;
    }
  }
}

// EnabledMfas is CloudFormation's alone: the API has an operation for it.
void SetMfa(Json& members) {
  const Json enabled = members.value("EnabledMfas", Json::array());
  for (const Json& name : enabled) {
    if (name == "SOFTWARE_TOKEN_MFA")
      members["SoftwareTokenMfaConfiguration"] = {{"Enabled", true}};
    if (name == "SMS_MFA") members["SmsMfaConfiguration"] = Json::object();
    if (name == "EMAIL_OTP") {
      members["EmailMfaConfiguration"] = Json::object();
      if (members.contains("EmailAuthenticationMessage"))
        members["EmailMfaConfiguration"]["Message"] = members["EmailAuthenticationMessage"];
      if (members.contains("EmailAuthenticationSubject"))
        members["EmailMfaConfiguration"]["Subject"] = members["EmailAuthenticationSubject"];
    }
  }
  members.erase("EnabledMfas");
  members.erase("EmailAuthenticationMessage");
  members.erase("EmailAuthenticationSubject");
}

Status EnsurePool(const templates::Stack& stack, const Resource& resource,
                  cognito::Service& service) {
  Json members = ToJson(resource.properties);
  const auto name = members.find("UserPoolName");
  members["PoolName"] = name == members.end() ? Json(GeneratedName(resource)) : *name;
  members.erase("UserPoolName");
  SetMfa(members);
  AddEventTriggers(stack, resource.physical_id, members);
  return service.EnsurePool({.id = resource.physical_id, .members = std::move(members)});
}

Status EnsureClient(const Resource& resource, cognito::Service& service) {
  cognito::ClientDefinition definition;
  definition.id = resource.physical_id;
  definition.members = ToJson(resource.properties);
  definition.pool_id = resource.properties.TextOf("UserPoolId");
  if (!definition.members.contains("ClientName"))
    definition.members["ClientName"] = GeneratedName(resource);
  for (const auto& [name, value] : resource.attributes) {
    if (name == "ClientSecret") definition.secret = value;
  }
  return service.EnsureClient(definition);
}

// "" for types that are handled elsewhere or not at all.
std::string_view KindOf(std::string_view type) {
  if (type == "AWS::Cognito::UserPoolGroup") return "group";
  if (type == "AWS::Cognito::UserPoolResourceServer") return "resource_server";
  if (type == "AWS::Cognito::UserPoolDomain") return "domain";
  if (type == "AWS::Cognito::UserPoolUser") return "user";
  if (type == "AWS::Cognito::UserPoolUserToGroupAttachment") return "membership";
  return {};
}

Status EnsureThing(const Resource& resource, std::string_view kind, cognito::Service& service) {
  Json members = ToJson(resource.properties);
  if (kind == "group" && !members.contains("GroupName"))
    members["GroupName"] = resource.physical_id;
  // Cognito's API knows of no routing between Regions.
  members.erase("Routing");
  // Certificates are never looked at here. One that the template has from elsewhere (a custom
  // resource, a parameter left open) must not cost the domain.
  const auto custom = members.find("CustomDomainConfig");
  if (custom != members.end() && custom->is_object()) {
    Json& certificate = (*custom)["CertificateArn"];
    if (!certificate.is_string() || !certificate.get_ref<const std::string&>().starts_with("arn:"))
      certificate = "arn:aws:acm:us-east-1:000000000000:certificate/not-looked-at";
  }
  return service.EnsureThing({.kind = std::string(kind), .members = std::move(members)});
}

// Pools, then what belongs to them, then who belongs to groups.
int Turn(std::string_view type) {
  if (type == "AWS::Cognito::UserPool") return 0;
  return type == "AWS::Cognito::UserPoolUserToGroupAttachment" ? 2 : 1;
}

Status Ensure(const templates::Stack& stack, const Resource& resource, cognito::Service& service) {
  if (resource.type == "AWS::Cognito::UserPool") return EnsurePool(stack, resource, service);
  if (resource.type == "AWS::Cognito::UserPoolClient") return EnsureClient(resource, service);
  const std::string_view kind = KindOf(resource.type);
  return kind.empty() ? Status(Ok()) : EnsureThing(resource, kind, service);
}

}  // namespace

void EnsureUserPools(const templates::Stack& stack, cognito::Service& service, Log& log) {
  for (const int turn : {0, 1, 2}) {
    for (const Resource& resource : stack.resources) {
      if (resource.type.rfind(kPrefix, 0) != 0 || Turn(resource.type) != turn) continue;
      const Status ensured = Ensure(stack, resource, service);
      if (ensured.ok()) continue;
      log.Error("left out: Cognito would refuse it", {{"resource", resource.path},
                                                      {"position", resource.position.Text()},
                                                      {"why", ensured.error().message}});
    }
  }
}

}  // namespace offstage::app
