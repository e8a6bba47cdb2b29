#include "app/provision/integrations.h"

#include <fmt/format.h>

#include <cstdlib>
#include <optional>

#include "base/text.h"

namespace offstage::app {

namespace {

using templates::Api;
using templates::Node;
using templates::Route;

gateway::Pairs PairsOf(const Node* map) {
  gateway::Pairs pairs;
  if (map == nullptr) return pairs;
  for (const auto& entry : map->entries())
    pairs.emplace_back(entry.key, entry.value.text());
  return pairs;
}

gateway::ContentHandling ContentOf(const Node& written) {
  const std::string text = written.TextOf("contentHandling");
  if (text == "CONVERT_TO_TEXT") return gateway::ContentHandling::kToText;
  return text == "CONVERT_TO_BINARY" ? gateway::ContentHandling::kToBinary
                                     : gateway::ContentHandling::kNone;
}

// "default" is OpenAPI's name for the response without a pattern.
std::vector<gateway::ResponseRule> RulesOf(const Node& integration) {
  std::vector<gateway::ResponseRule> rules;
  const Node* written = integration.Find("responses");
  if (written == nullptr) return rules;
  for (const auto& entry : written->entries()) {
    gateway::ResponseRule rule;
    if (entry.key != "default") rule.pattern = entry.key;
    rule.status = std::atoi(entry.value.TextOf("statusCode", "200").c_str());
    rule.templates = PairsOf(entry.value.Find("responseTemplates"));
    rule.content = ContentOf(entry.value);
    for (auto& [name, source] : PairsOf(entry.value.Find("responseParameters"))) {
      constexpr std::string_view kPrefix = "method.response.header.";
      if (name.starts_with(kPrefix)) rule.headers.emplace_back(name.substr(kPrefix.size()), source);
    }
    rules.push_back(std::move(rule));
  }
  return rules;
}

gateway::MappedIntegration MappedOf(const Route& from) {
  const Node& written = from.integration;
  gateway::MappedIntegration mapped;
  mapped.method = ToUpper(written.TextOf("httpMethod"));
  mapped.request_parameters = PairsOf(written.Find("requestParameters"));
  mapped.request_templates = PairsOf(written.Find("requestTemplates"));
  const std::string passthrough = ToUpper(written.TextOf("passthroughBehavior"));
  using Passthrough = gateway::MappedIntegration::Passthrough;
  if (passthrough == "NEVER") mapped.passthrough = Passthrough::kNever;
  if (passthrough == "WHEN_NO_TEMPLATES") mapped.passthrough = Passthrough::kWhenNoTemplates;
  mapped.request_content = ContentOf(written);
  mapped.responses = RulesOf(written);
  mapped.timeout = from.timeout;
  return mapped;
}

// arn:aws:apigateway:us-east-1:dynamodb:action/PutItem
struct ServiceUri {
  std::string service = {};
  std::string action = {};
};
std::optional<ServiceUri> ParseServiceUri(std::string_view uri) {
  const auto parts = Split(uri, ':');
  if (parts.size() < 6 || parts[0] != "arn" || parts[2] != "apigateway") return std::nullopt;
  constexpr std::string_view kAction = "action/";
  ServiceUri parsed{.service = std::string(parts[4]), .action = {}};
  if (parts[5].starts_with(kAction)) parsed.action = std::string(parts[5].substr(kAction.size()));
  return parsed;
}

// Lambda's Invoke is a POST. Deployed, any other integration method of a REST API answers 500
// (recorded: test_lambda_aws_proxy_integration_non_post_method).
bool InvokesByPost(const Api& api, const Node& integration) {
  return api.kind != templates::ApiKind::kRest ||
         EqualsIgnoreCase(integration.TextOf("httpMethod", "POST"), "POST");
}

std::string NotByPost(const Route& from) {
  return fmt::format("{}: its integration's HTTP method is {}, but functions are invoked by POST",
                     from.position.Text(), from.integration.TextOf("httpMethod"));
}

// AWS: a function with mapping templates, or another service.
void SetAws(const Api& api, const Route& from, gateway::Route& to) {
  gateway::MappedIntegration mapped = MappedOf(from);
  const std::string uri = from.integration.TextOf("uri");
  if (!from.function.empty()) {
    mapped.kind = gateway::MappedIntegration::Kind::kLambda;
    mapped.target = from.function;
    to.integration = std::move(mapped);
    if (!InvokesByPost(api, from.integration)) to.refused = NotByPost(from);
    return;
  }
  const std::optional<ServiceUri> service = ParseServiceUri(uri);
  mapped.kind = gateway::MappedIntegration::Kind::kService;
  if (service.has_value() && service->service == "dynamodb" && !service->action.empty()) {
    mapped.target = service->service;
    mapped.action = service->action;
  } else if (service.has_value()) {
    to.refused = fmt::format(
        "{}: AWS integrations with {} are not emulated (with Lambda and "
        "DynamoDB they are): {}",
        from.position.Text(), service->service, uri);
  } else {
    to.refused =
        fmt::format("{}: the integration's uri {} is not understood", from.position.Text(), uri);
  }
  to.integration = std::move(mapped);
}

// "responseTransferMode" of OpenAPI and CloudFormation, "ResponseTransferMode" of SAM's events.
bool Streams(const Node& integration) {
  return integration.TextOf("responseTransferMode", integration.TextOf("ResponseTransferMode")) ==
         "STREAM";
}

gateway::ResponseMappings ResponseMappingsOf(const Node& integration) {
  gateway::ResponseMappings mappings;
  const Node* responses = integration.Find("responseParameters");
  if (responses == nullptr) return mappings;
  for (const auto& response : responses->entries()) {
    gateway::Pairs& pairs = mappings[response.key];
    pairs = PairsOf(&response.value);
    // CloudFormation's form: {ResponseParameters: [{Destination, Source}]}.
    if (const Node* list = response.value.Find("ResponseParameters")) {
      pairs.clear();
      for (const Node& item : list->items())
        pairs.emplace_back(item.TextOf("Destination"), item.TextOf("Source"));
    }
  }
  return mappings;
}

void SetHttpProxy(const Route& from, gateway::Route& to) {
  const Node& written = from.integration;
  gateway::HttpProxy proxy;
  proxy.url = written.TextOf("uri", written.TextOf("integrationUri"));
  proxy.method = ToUpper(written.TextOf("httpMethod", written.TextOf("integrationMethod")));
  proxy.parameters = PairsOf(written.Find("requestParameters"));
  proxy.response_parameters = ResponseMappingsOf(written);
  proxy.timeout = from.timeout;
  if (Streams(written)) {
    to.refused = fmt::format("{}: ResponseTransferMode STREAM of HTTP integrations is not emulated",
                             from.position.Text());
  }
  to.integration = std::move(proxy);
}

void SetLambdaProxy(const Api& api, const Route& from, gateway::Route& to) {
  gateway::LambdaProxy proxy;
  proxy.function = from.function;
  proxy.payload =
      from.payload_format == "2.0" ? gateway::PayloadVersion::kV2 : gateway::PayloadVersion::kV1;
  proxy.timeout = from.timeout;
  const Node& written = from.integration;
  if (api.kind == templates::ApiKind::kHttp && from.operation.IsMap()) {
    proxy.parameters = PairsOf(written.Find("requestParameters"));
    proxy.response_parameters = ResponseMappingsOf(written);
  } else if (Streams(written)) {
    proxy.mode = gateway::LambdaProxy::InvokeMode::kResponseStream;
  }
  to.integration = std::move(proxy);
  if (written.Contains("integrationSubtype")) {
    to.refused = fmt::format("{}: the integration {} is not emulated", from.position.Text(),
                             written.TextOf("integrationSubtype"));
  } else if (from.function.empty()) {
    to.refused = fmt::format("{}: its function {} is not in this stack", from.position.Text(),
                             from.function_arn);
  } else if (!InvokesByPost(api, written)) {
    to.refused = NotByPost(from);
  }
}

}  // namespace

std::string Unquoted(std::string text) {
  if (text.size() >= 2 && text.front() == '\'' && text.back() == '\'')
    return text.substr(1, text.size() - 2);
  return text;
}

void SetIntegration(const Api& api, const Route& from, gateway::Route& to) {
  using templates::IntegrationKind;
  const std::string connection = ToUpper(from.integration.TextOf("connectionType"));
  if (connection == "VPC_LINK") {
    to.refused = fmt::format("{}: VPC links are not emulated", from.position.Text());
    to.integration = gateway::HttpProxy{.url = from.integration.TextOf("uri")};
    return;
  }
  if (!from.state_machine_path.empty()) {
    const std::string target = "state machine " + from.state_machine_path;
    to.refused = fmt::format("{}: it starts the {}; AWS::Serverless::StateMachine is not emulated",
                             from.position.Text(), target);
    to.integration = gateway::MappedIntegration{.kind = gateway::MappedIntegration::Kind::kService,
                                                .target = target};
    return;
  }
  const std::string type = ToUpper(from.integration.TextOf("type"));
  switch (from.kind) {
    case IntegrationKind::kLambdaProxy:
      SetLambdaProxy(api, from, to);
      return;
    case IntegrationKind::kLambda:
      SetAws(api, from, to);
      return;
    case IntegrationKind::kMock:
      to.integration = MappedOf(from);
      return;
    case IntegrationKind::kHttpProxy:
      SetHttpProxy(from, to);
      return;
    case IntegrationKind::kOther:
      break;
  }
  gateway::MappedIntegration mapped = MappedOf(from);
  mapped.kind = gateway::MappedIntegration::Kind::kHttp;
  mapped.target = from.integration.TextOf("uri");
  if (type != "HTTP") {
    to.refused = from.integration.IsMap()
                     ? fmt::format("{}: integrations of type {} are not emulated",
                                   from.position.Text(), type)
                     : fmt::format("{}: the route has no integration", from.position.Text());
  }
  to.integration = std::move(mapped);
}

}  // namespace offstage::app
