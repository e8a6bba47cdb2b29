#include "gateway/mapped_integration.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <memory>
#include <nlohmann/json.hpp>

#include "base/json.h"
#include "base/text.h"
#include "gateway/gateway_error.h"
#include "gateway/mapping_values.h"
#include "gateway/proxy_answer.h"

namespace offstage::gateway {

namespace {

using vtl::Value;

// The request as the backend gets it.
struct BackendRequest {
  http::Headers headers = {};
  std::vector<NamedValues> query = {};
  std::vector<std::pair<std::string, std::string>> path = {};
  std::string body = {};
};

// One request on its way; the variables of the request's template are seen by the response's.
class Passage {
 public:
  Passage(Call& call, const MappedIntegration& integration, const Backends& backends,
          IntegrationFacts& facts)
      : call_(call), integration_(integration), backends_(backends), facts_(facts) {}

  http::Reply Run();

 private:
  std::optional<http::Reply> MakeRequest();
  std::optional<http::Reply> RenderRequest(const vtl::Template& what, std::string body);
  std::optional<http::Reply> MapParameters();
  void ApplyRequestOverrides();
  std::optional<http::Reply> CallBackend();
  std::optional<http::Reply> AnswerMock();
  std::optional<http::Reply> InvokeFunction();
  std::optional<http::Reply> CallService();
  std::optional<http::Reply> CallHttp();
  http::Reply MakeReply();
  std::optional<http::Reply> RenderReply(const ResponseRule& rule,
                                         const ContentTemplates& templates, http::Reply& reply);
  std::optional<http::Reply> ConvertAnswer(ContentHandling handling);
  void ApplyResponseOverrides(http::Reply& reply);

  http::Reply Failed(const ErrorKind& kind, std::string why) {
    call_.Explain(why);
    return MakeRestError(kind, call_.api.config);
  }
  std::chrono::milliseconds Timeout() const {
    return integration_.timeout.count() > 0 ? integration_.timeout : std::chrono::seconds(29);
  }
  bool IsBinary(std::string_view media_type) const {
    return MatchesMediaType(media_type, call_.api.config.binary_media_types);
  }
  // Made once: what a template sets in it, later ones see.
  const Value& Context() {
    if (context_.IsNull()) context_ = MakeContextValue(call_);
    return context_;
  }
  void Fill(vtl::Environment& environment) {
    environment.Set("context", Context());
    environment.Set("stageVariables", MakeStageVariablesValue(call_));
  }
  // A part of requestOverride or responseOverride; null when it is not there.
  const vtl::Map* Override(std::string_view which, std::string_view part) const;

  Call& call_;
  const MappedIntegration& integration_;
  const Backends& backends_;
  IntegrationFacts& facts_;
  // Before the environments, whose ends cut circles in it.
  Value context_;
  std::unique_ptr<vtl::Environment> request_environment_;
  BackendRequest request_;
  BackendAnswer answer_;
  // What selection patterns look at.
  std::string selection_;
};

http::Reply Passage::Run() {
  if (std::optional<http::Reply> failed = MakeRequest()) return *std::move(failed);
  if (std::optional<http::Reply> failed = CallBackend()) return *std::move(failed);
  return MakeReply();
}

std::optional<http::Reply> Passage::MakeRequest() {
  const std::string_view type = call_.Header("content-type");
  const Mappings& mappings = call_.route->mappings;
  const vtl::Template* found =
      FindTemplate(mappings.request_templates, type.empty() ? "application/json" : type);
  using Passthrough = MappedIntegration::Passthrough;
  if (found == nullptr && integration_.passthrough != Passthrough::kWhenNoMatch &&
      (integration_.passthrough == Passthrough::kNever ||
       !integration_.request_templates.empty())) {
    return Failed(error::kUnsupportedMediaType,
                  fmt::format("no request template fits Content-Type {} and passthroughBehavior "
                              "lets no other body pass",
                              type.empty() ? "application/json" : type));
  }
  if (!integration_.request_parameters.empty()) {
    if (std::optional<http::Reply> failed = MapParameters()) return failed;
  }
  std::string body = call_.request.body;
  if (IsBinary(type) && integration_.request_content == ContentHandling::kToText) {
    body = Base64Encode(body);
  } else if (!IsBinary(type) && integration_.request_content == ContentHandling::kToBinary) {
    std::optional<std::string> bytes = Base64Decode(body);
    if (!bytes.has_value())
      return Failed(error::kConfiguration, "CONVERT_TO_BINARY: the body is no base64");
    body = *std::move(bytes);
  }
  if (found == nullptr) {
    request_.body = std::move(body);
    return std::nullopt;
  }
  return RenderRequest(*found, std::move(body));
}

std::optional<http::Reply> Passage::RenderRequest(const vtl::Template& what, std::string body) {
  if (const std::string* constant = what.constant()) {
    request_.body = *constant;
    return std::nullopt;
  }
  if (!IsValidUtf8(body))
    return Failed(error::kConfiguration, "a template cannot take a body that is no text");
  request_environment_ =
      std::make_unique<vtl::Environment>(std::move(body), MakeParamsValue(call_));
  Fill(*request_environment_);
  auto rendered = vtl::Render(what, *request_environment_);
  for (const std::string& warning : request_environment_->warnings())
    call_.Explain("request template: " + warning);
  if (!rendered.ok())
    return Failed(error::kConfiguration, "request template: " + rendered.error().message);
  request_.body = std::move(rendered).value();
  ApplyRequestOverrides();
  return std::nullopt;
}

// Headers that a mapping must not set (recorded: test_apigateway_header_remapping_*).
bool IsForbidden(MappedIntegration::Kind kind, std::string_view header) {
  static constexpr std::array<std::string_view, 9> kNames = {"content-length",
                                                             "transfer-encoding",
                                                             "x-amzn-trace-id",
                                                             "x-amzn-apigateway-api-id",
                                                             "authorization",
                                                             "connection",
                                                             "proxy-authenticate",
                                                             "expect",
                                                             "te"};
  const bool aws =
      kind == MappedIntegration::Kind::kLambda || kind == MappedIntegration::Kind::kService;
  const std::size_t count = aws ? kNames.size() : 4;
  return std::any_of(kNames.begin(), kNames.begin() + static_cast<std::ptrdiff_t>(count),
                     [header](std::string_view name) { return EqualsIgnoreCase(name, header); });
}

std::optional<http::Reply> Passage::MapParameters() {
  auto mapped = MapRequestParameters(call_, integration_.request_parameters);
  if (!mapped.ok()) {
    call_.Explain(mapped.error().message);
    return MakeRestError(error::kBadRequestParameters, call_.api.config,
                         "Invalid JSON in request body");
  }
  for (MappedParameter& parameter : *mapped) {
    switch (parameter.place) {
      case MappedParameter::Place::kHeader:
        if (IsForbidden(integration_.kind, parameter.name)) {
          return Failed(error::kConfiguration,
                        fmt::format("the header {} cannot be mapped", parameter.name));
        }
        request_.headers.Set(parameter.name, Join(parameter.values, ","));
        break;
      case MappedParameter::Place::kQuery:
        request_.query.push_back({parameter.name, std::move(parameter.values)});
        break;
      case MappedParameter::Place::kPath:
        request_.path.emplace_back(parameter.name, parameter.values.back());
    }
  }
  return std::nullopt;
}

const vtl::Map* Passage::Override(std::string_view which, std::string_view part) const {
  const vtl::Map* context = context_.AsMap();
  const Value* overrides = context == nullptr ? nullptr : context->Find(which);
  const vtl::Map* map = overrides == nullptr ? nullptr : overrides->AsMap();
  const Value* found = map == nullptr ? nullptr : map->Find(part);
  return found == nullptr ? nullptr : found->AsMap();
}

std::vector<std::string> TextsOf(const Value& value) {
  std::vector<std::string> texts;
  if (const vtl::List* list = value.AsList()) {
    for (const Value& item : list->items)
      texts.push_back(vtl::ToText(item));
  } else {
    texts.push_back(vtl::ToText(value));
  }
  return texts;
}

void Passage::ApplyRequestOverrides() {
  if (const vtl::Map* headers = Override("requestOverride", "header")) {
    for (const auto& [name, value] : headers->entries())
      request_.headers.Set(name, Join(TextsOf(value), ","));
  }
  if (const vtl::Map* query = Override("requestOverride", "querystring")) {
    for (const auto& [name, value] : query->entries()) {
      std::erase_if(request_.query,
                    [&name = name](const NamedValues& other) { return other.name == name; });
      request_.query.push_back({name, TextsOf(value)});
    }
  }
  if (const vtl::Map* path = Override("requestOverride", "path")) {
    for (const auto& [name, value] : path->entries()) {
      std::erase_if(request_.path,
                    [&name = name](const auto& other) { return other.first == name; });
      request_.path.emplace_back(name, vtl::ToText(value));
    }
  }
}

std::optional<http::Reply> Passage::CallBackend() {
  switch (integration_.kind) {
    case MappedIntegration::Kind::kMock:
      return AnswerMock();
    case MappedIntegration::Kind::kLambda:
      return InvokeFunction();
    case MappedIntegration::Kind::kService:
      return CallService();
    case MappedIntegration::Kind::kHttp:
      return CallHttp();
  }
  return std::nullopt;
}

std::optional<http::Reply> Passage::AnswerMock() {
  const std::optional<int> status = ParseMockStatus(request_.body);
  if (!status.has_value()) {
    return Failed(error::kConfiguration,
                  "a MOCK's request template must give {\"statusCode\": 200} or another whole "
                  "number; it gave " +
                      ToExplanation(request_.body.substr(0, 200)));
  }
  answer_.status = *status;
  selection_ = std::to_string(*status);
  return std::nullopt;
}

std::optional<http::Reply> Passage::InvokeFunction() {
  const std::string_view type = request_.headers.Get("x-amz-invocation-type");
  if (EqualsIgnoreCase(type, "Event")) {
    if (backends_.aws == nullptr)
      return Failed(error::kConfiguration, "asynchronous invocation is not served here");
    const AwsReply reply = backends_.aws->Call(
        {.service = "lambda",
         .path = "/2015-03-31/functions/" + integration_.target + "/invocations",
         .headers = {{"X-Amz-Invocation-Type", "Event"}},
         .body = request_.body});
    answer_.status = reply.status;
    answer_.body = reply.body;
    facts_.invoked = true;
    facts_.function = integration_.target;
    return std::nullopt;
  }
  if (!type.empty() && !EqualsIgnoreCase(type, "RequestResponse"))
    return Failed(error::kConfiguration,
                  fmt::format("X-Amz-Invocation-Type {} is not emulated", type));
  InvokeRequest request;
  request.function = integration_.target;
  request.payload = request_.body.empty() ? "{}" : request_.body;
  request.trace_header = call_.trace_root + call_.trace_rest;
  request.wait_limit = Timeout();
  const InvokeResult result = backends_.invoker.Invoke(request);
  facts_ = {.function = integration_.target,
            .invoked = true,
            .cold_start = result.cold_start,
            .times = result.times};
  if (result.status != InvokeStatus::kOk && result.status != InvokeStatus::kFunctionError)
    return FailedInvocation(call_, integration_.target, result, Timeout());
  answer_.body = result.payload;
  const auto json = ParseJson(answer_.body);
  if (json.ok() && json->is_object()) {
    const auto message = json->find("errorMessage");
    if (message != json->end() && message->is_string()) selection_ = message->get<std::string>();
  }
  if (result.status == InvokeStatus::kFunctionError)
    call_.Explain(fmt::format("function {} failed: {}", integration_.target, selection_));
  return std::nullopt;
}

std::optional<http::Reply> Passage::CallService() {
  if (backends_.aws == nullptr)
    return Failed(error::kConfiguration, "AWS services are not served here");
  AwsCall service{.service = integration_.target, .action = integration_.action};
  for (const auto& [name, value] : request_.headers)
    service.headers.emplace_back(name, value);
  service.body = request_.body;
  const AwsReply reply = backends_.aws->Call(service);
  facts_.invoked = true;
  answer_.status = reply.status;
  for (const auto& [name, value] : reply.headers)
    answer_.headers.Add(name, value);
  answer_.body = reply.body;
  selection_ = std::to_string(reply.status);
  if (reply.status >= 400) {
    call_.Explain(fmt::format("{} {} answered {}: {}", integration_.target, integration_.action,
                              reply.status, ToExplanation(reply.body.substr(0, 300))));
  }
  return std::nullopt;
}

std::optional<http::Reply> Passage::CallHttp() {
  std::string url = FillStageVariables(call_, integration_.target);
  for (const auto& [name, value] : request_.path)
    url = ReplaceAll(std::move(url), "{" + name + "}", value);
  url = WithQuery(std::move(url), request_.query);
  http::Request request;
  const bool own = integration_.method.empty() || integration_.method == "ANY";
  request.method = own ? call_.request.method : integration_.method;
  request.headers = request_.headers;
  for (const std::string_view dropped : {"Expect", "Proxy-Authenticate", "TE", "Via", "Connection"})
    request.headers.Remove(dropped);
  AddGatewayHeaders(call_, request.headers);
  const bool bodyless =
      request.method == "GET" || request.method == "HEAD" || request.method == "OPTIONS";
  if (!bodyless) {
    request.body = request_.body;
    if (request.headers.Find("content-type") == nullptr && !call_.Header("content-type").empty())
      request.headers.Add("Content-Type", std::string(call_.Header("content-type")));
  }
  auto reply = backends_.http.Send(url, std::move(request), Timeout());
  facts_.invoked = true;
  if (!reply.ok()) return FailedHttp(call_, url, reply.error());
  answer_ = {reply->status, reply->headers, std::move(reply->body)};
  selection_ = std::to_string(answer_.status);
  return std::nullopt;
}

http::Reply Passage::MakeReply() {
  const std::optional<std::size_t> chosen = ChooseRule(call_.route->mappings, selection_);
  if (!chosen.has_value()) {
    return Failed(error::kConfiguration,
                  fmt::format("no integration response fits '{}' and none is the default",
                              ToExplanation(selection_.substr(0, 200))));
  }
  const ResponseRule& rule = integration_.responses[*chosen];
  http::Reply reply{.status = rule.status};
  http::Headers mapped;
  for (const auto& [name, source] : rule.headers) {
    auto value = ResponseParameter(call_, answer_, source);
    if (!value.ok()) return Failed(error::kConfiguration, value.error().message);
    if (value->has_value()) mapped.Add(name, **std::move(value));
  }
  reply.headers = RemapHeaders(mapped);
  if (std::optional<http::Reply> failed = ConvertAnswer(rule.content)) return *std::move(failed);
  if (std::optional<http::Reply> failed =
          RenderReply(rule, call_.route->mappings.rules[*chosen].templates, reply))
    return *std::move(failed);
  ApplyResponseOverrides(reply);
  if (reply.headers.Find("content-type") == nullptr)
    reply.headers.Add("Content-Type", "application/json");
  return reply;
}

// docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-payload-encodings-workflow.html
std::optional<http::Reply> Passage::ConvertAnswer(ContentHandling handling) {
  const bool binary = IsBinary(answer_.headers.Get("content-type"));
  const bool accepts = IsBinary(call_.Header("accept"));
  const bool to_text =
      handling == ContentHandling::kToText || (handling == ContentHandling::kNone && !accepts);
  if (binary && to_text) {
    answer_.body = Base64Encode(answer_.body);
  } else if (!binary && !to_text) {
    std::optional<std::string> bytes = Base64Decode(answer_.body);
    if (!bytes.has_value())
      return Failed(error::kConfiguration, "the answer must become bytes, but is no base64");
    answer_.body = *std::move(bytes);
  }
  return std::nullopt;
}

// The template for the first type of Accept, else application/json, else the first one; none at
// all lets the body pass (request-response-data-mappings.html).
const ContentTemplates::value_type* ChooseResponseTemplate(const ContentTemplates& templates,
                                                           std::string_view accept) {
  const std::string_view first = Trim(accept.substr(0, accept.find_first_of(",;")));
  for (const std::string_view wanted : {first, std::string_view("application/json")}) {
    for (const auto& entry : templates) {
      if (EqualsIgnoreCase(entry.first, wanted)) return &entry;
    }
  }
  return templates.empty() ? nullptr : &templates.front();
}

std::optional<http::Reply> Passage::RenderReply(const ResponseRule& rule,
                                                const ContentTemplates& templates,
                                                http::Reply& reply) {
  const ContentTemplates::value_type* chosen =
      ChooseResponseTemplate(templates, call_.Header("accept"));
  if (chosen == nullptr) {
    reply.body = std::move(answer_.body);
    const bool one_type = rule.templates.size() == 1 && rule.templates[0].first != "$default";
    if (one_type && reply.headers.Find("content-type") == nullptr)
      reply.headers.Add("Content-Type", rule.templates[0].first);
    return std::nullopt;
  }
  if (reply.headers.Find("content-type") == nullptr && chosen->first != "$default")
    reply.headers.Add("Content-Type", chosen->first);
  if (const std::string* constant = chosen->second.constant()) {
    reply.body = *constant;
    return std::nullopt;
  }
  if (!IsValidUtf8(answer_.body))
    return Failed(error::kConfiguration, "a template cannot take a body that is no text");
  vtl::Environment environment(std::move(answer_.body), MakeParamsValue(call_));
  Fill(environment);
  auto rendered = vtl::Render(chosen->second, environment);
  for (const std::string& warning : environment.warnings())
    call_.Explain("response template: " + warning);
  if (!rendered.ok())
    return Failed(error::kConfiguration, "response template: " + rendered.error().message);
  reply.body = std::move(rendered).value();
  ApplyResponseOverrides(reply);  // before the environment forgets what the template set
  return std::nullopt;
}

void Passage::ApplyResponseOverrides(http::Reply& reply) {
  const vtl::Map* context = context_.AsMap();
  const Value* overrides = context == nullptr ? nullptr : context->Find("responseOverride");
  const vtl::Map* map = overrides == nullptr ? nullptr : overrides->AsMap();
  if (map == nullptr) return;
  // A status that is no whole number from 100 to 599 counts for nothing.
  const Value* status = map->Find("status");
  const std::int64_t* number = status == nullptr ? nullptr : status->AsInteger();
  if (number != nullptr && *number >= 100 && *number < 600)
    reply.status = static_cast<int>(*number);
  if (const vtl::Map* headers = Override("responseOverride", "header")) {
    for (const auto& [name, value] : headers->entries()) {
      http::Headers one;
      for (std::string& text : TextsOf(value))
        one.Add(name, std::move(text));
      for (const auto& [remapped, text] : RemapHeaders(one)) {
        reply.headers.Remove(remapped);
      }
      for (const auto& [remapped, text] : RemapHeaders(one))
        reply.headers.Add(remapped, text);
    }
  }
}

}  // namespace

http::Reply RunMapped(Call& call, const MappedIntegration& integration, const Backends& backends,
                      IntegrationFacts& facts) {
  return Passage(call, integration, backends, facts).Run();
}

}  // namespace offstage::gateway
