#include "gateway/gateway.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "base/check.h"
#include "base/json.h"
#include "base/mutex.h"
#include "base/text.h"
#include "gateway/admission.h"
#include "gateway/call.h"
#include "gateway/cors.h"
#include "gateway/event_v2.h"
#include "gateway/gateway_error.h"
#include "gateway/integration.h"
#include "gateway/lambda_authorizer.h"
#include "gateway/locate.h"
#include "gateway/throttling.h"
#include "gateway/token_authorizer.h"

namespace offstage::gateway {

namespace {

// docs.aws.amazon.com/apigateway/latest/developerguide/limits.html
constexpr std::size_t kMaxBodyBytes = 10 * 1024 * 1024;
constexpr std::size_t kMaxHeaderBytes = 10240;
constexpr std::size_t kMaxEdgeUrl = 8192;
constexpr std::size_t kMaxRegionalUrl = 10240;

using Steady = std::chrono::steady_clock;

std::size_t HeaderBytes(const http::Headers& headers) {
  std::size_t bytes = 0;
  for (const auto& [name, value] : headers)
    bytes += name.size() + value.size() + 2;
  return bytes;
}

// "Root=1-...;Parent=...;Sampled=0;Lineage=..." in parts: the client's root is kept, and its parent
// if it sent one (recorded: test_invocation_trace_id).
void FillTrace(Call& call, IdSource& ids) {
  constexpr std::string_view kHex = "0123456789abcdef";
  std::string parent;
  std::string sampled;
  for (const std::string_view part : Split(call.Header("x-amzn-trace-id"), ';')) {
    const std::string_view field = Trim(part);
    if (field.starts_with("Root=")) call.trace_root = ToExplanation(field.substr(0, 80));
    if (field.starts_with("Parent=")) parent = ToExplanation(field.substr(7, 40));
    if (field == "Sampled=0" || field == "Sampled=1") sampled = field.substr(8);
  }
  if (call.trace_root.empty()) {
    call.trace_root =
        fmt::format("Root=1-{:08x}-{}", ToEpochSeconds(call.time), ids.Text(24, kHex));
  }
  if (sampled.empty()) sampled = parent.empty() ? "0" : "1";
  if (parent.empty()) parent = ids.Text(16, kHex);
  call.trace_rest = fmt::format(";Parent={};Sampled={}", parent, sampled);
}

std::string TargetOf(const Integration& integration) {
  if (const auto* proxy = std::get_if<LambdaProxy>(&integration)) return proxy->function;
  if (const auto* proxy = std::get_if<HttpProxy>(&integration)) return proxy->url;
  const auto* mapped = std::get_if<MappedIntegration>(&integration);
  if (mapped == nullptr || mapped->kind == MappedIntegration::Kind::kMock) return "mock";
  if (mapped->kind == MappedIntegration::Kind::kService)
    return mapped->target + " " + mapped->action;
  return mapped->target;
}

// The address of an HTTP integration; empty for others.
std::string UrlOf(const Integration& integration) {
  if (const auto* proxy = std::get_if<HttpProxy>(&integration)) return proxy->url;
  const auto* mapped = std::get_if<MappedIntegration>(&integration);
  const bool http = mapped != nullptr && mapped->kind == MappedIntegration::Kind::kHttp;
  return http ? mapped->target : std::string();
}

std::string ProtectionOf(const Route& route) {
  std::vector<std::string> parts;
  if (!route.authorizer.empty()) parts.push_back("authorizer " + route.authorizer);
  if (route.iam == Route::IamAuthorization::kRequired) parts.emplace_back("IAM");
  if (route.api_key == Route::ApiKeyUse::kRequired) parts.emplace_back("api key");
  if (!route.refused.empty()) parts.push_back("refused: " + route.refused);
  return Join(parts, ", ");
}

// "GET, POST" for what a path has, or the route most like what was asked.
std::string ExplainNoRoute(const Call& call) {
  const Api& api = call.api;
  std::string_view path = call.path;
  while (path.size() > 1 && path.back() == '/')
    path.remove_suffix(1);
  std::vector<std::string> methods = api.tree.MethodsFor(path);
  if (!methods.empty()) {
    std::sort(methods.begin(), methods.end());
    std::string text =
        fmt::format("{} has no {}; it has {}", path, call.request.method, Join(methods, ", "));
    if (call.request.method == "OPTIONS") {
      text += ". A browser's preflight fails here as it would deployed: set Cors on the API";
    }
    return text;
  }
  std::vector<std::string> paths;
  for (const CompiledRoute& route : api.routes)
    paths.push_back(route.route.path);
  const std::optional<std::string> nearest = NearestName(path, paths);
  if (nearest.has_value()) {
    return fmt::format("no route fits {}; did you mean {}?", path, *nearest);
  }
  constexpr std::size_t kMaxRoutes = 8;
  std::string text = fmt::format("no route fits {}; the API has", path);
  for (std::size_t i = 0; i < api.routes.size() && i < kMaxRoutes; ++i) {
    text += (i == 0 ? " " : ", ") + api.routes[i].key;
  }
  if (api.routes.size() > kMaxRoutes) text += ", ...";
  return text;
}

// Routes whose tokens nobody here can check are never open.
void RefuseUncheckable(Api& api, const TokenVerifier* verifier) {
  for (CompiledRoute& compiled : api.routes) {
    Route& route = compiled.route;
    const auto authorizer = api.config.authorizers.find(route.authorizer);
    if (!route.refused.empty() || authorizer == api.config.authorizers.end()) continue;
    route.refused = UnsupportedTokenAuthorizer(route.authorizer, authorizer->second, verifier);
  }
}

}  // namespace

class Gateway::Impl {
 public:
  Impl(std::vector<std::unique_ptr<Api>> apis, const Dependencies& dependencies)
      : apis_(std::move(apis)),
        dependencies_(dependencies),
        lambda_authorizers_(dependencies.invoker, dependencies.clock),
        token_authorizers_(dependencies.tokens),
        http_backend_(dependencies.egress_hosts),
        throttling_(dependencies.throttling == Dependencies::Throttling::kEnforced
                        ? Throttling::Stages::kEnforced
                        : Throttling::Stages::kIgnored) {}

  http::Reply Handle(const http::Request& request);
  std::vector<RouteListing> Routes() const;

 private:
  http::Reply Answer(Call& call, std::string_view path, IntegrationFacts& facts);
  std::optional<http::Reply> CheckLimits(Call& call) const;
  std::optional<http::Reply> CheckAuthorizer(Call& call);
  http::Reply NoRoute(Call& call) const;
  http::Reply Refused(Call& call) const;
  void WarnAboutCors(Call& call, const http::Reply& reply) const;
  void Finish(const Call& call, const IntegrationFacts& facts, http::Reply& reply) const;
  Span Describe(const Call& call, const http::Reply& reply, Steady::time_point start) const;
  void Record(Span span, const IntegrationFacts& facts, std::string_view explanation) const;
  void Stream(const Call& call, IntegrationFacts facts, Span span, http::Reply& reply) const;

  const std::vector<std::unique_ptr<Api>> apis_;
  const Dependencies dependencies_;
  LambdaAuthorizers lambda_authorizers_;
  TokenAuthorizers token_authorizers_;
  HttpBackend http_backend_;
  Throttling throttling_;
};

http::Reply Gateway::Impl::Handle(const http::Request& request) {
  const Steady::time_point start = Steady::now();
  const Located located = LocateApi(apis_, request);
  if (located.api == nullptr) {
    http::Reply reply = MakeHttpError(404, "Not Found");
    if (request.headers.Get("host").find(".lambda-url.") != std::string_view::npos) {
      // Recorded: test_lambda_url_non_existing_url.
      reply = {.status = 403,
               .headers = {{"Content-Type", "application/json"},
                           {"x-amzn-ErrorType", "AccessDeniedException"}},
               .body = R"({"Message":null})"};
    }
    const std::string text =
        fmt::format("there is no API {}; the first is {}", located.id, apis_.front()->config.id);
    reply.headers.Add("x-offstage-explain", ToExplanation(text));
    return reply;
  }
  Call call(*located.api, request);
  call.time = dependencies_.clock.Now();
  call.request_id = dependencies_.ids.Uuid();
  call.extended_request_id =
      dependencies_.ids.Text(15, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789") +
      "=";
  FillTrace(call, dependencies_.ids);
  IntegrationFacts facts;
  std::optional<http::Reply> preflight = AnswerPreflight(call);
  http::Reply reply =
      preflight.has_value() ? std::move(*preflight) : Answer(call, located.path, facts);
  if (!preflight.has_value()) ApplyCors(call, reply);
  WarnAboutCors(call, reply);
  Finish(call, facts, reply);
  Span span = Describe(call, reply, start);
  if (facts.stream == nullptr) {
    Record(std::move(span), facts, call.explanation);
  } else {
    Stream(call, std::move(facts), std::move(span), reply);
  }
  return reply;
}

std::optional<http::Reply> Gateway::Impl::CheckLimits(Call& call) const {
  const http::Request& request = call.request;
  const bool rest = call.api.is_rest();
  const bool edge = rest && call.api.config.endpoint == EndpointType::kEdge;
  if (request.body.size() > kMaxBodyBytes) {
    call.explanation =
        fmt::format("the body has {} bytes; API Gateway takes 10 MB", request.body.size());
    return rest ? MakePlainError(413, "HTTP content length exceeded 10485760 bytes.")
                : MakeHttpError(413, "Request Entity Too Large");
  }
  const std::size_t head =
      HeaderBytes(request.headers) + (rest ? 0 : request.method.size() + request.target.size());
  if (head > kMaxHeaderBytes) {
    call.explanation =
        fmt::format("the headers have {} bytes; API Gateway takes {}", head, kMaxHeaderBytes);
    return rest ? MakePlainError(413, "HTTP header is larger than 10240 bytes.")
                : MakeHttpError(431, "Request Header Fields Too Large");
  }
  if (rest && request.RawQuery().find('|') != std::string_view::npos) {
    call.explanation =
        "a raw | in the query must be sent as %7C (api-gateway-known-issues: it is not supported)";
    return MakePlainError(400, "Bad Request");
  }
  const std::size_t max_url = edge ? kMaxEdgeUrl : kMaxRegionalUrl;
  if (rest && request.target.size() > max_url) {
    call.explanation = fmt::format("the URL has {} characters; API Gateway takes {}",
                                   request.target.size(), max_url);
    return MakePlainError(414, "Request URI too long");
  }
  return std::nullopt;
}

http::Reply Gateway::Impl::NoRoute(Call& call) const {
  call.explanation = ExplainNoRoute(call);
  if (!call.api.is_rest()) return MakeHttpError(404, "Not Found");
  return MakeRestError(error::kMissingAuthenticationToken, call.api.config);
}

http::Reply Gateway::Impl::Refused(Call& call) const {
  call.explanation = fmt::format("this route is not served: {}", call.route->route.refused);
  if (call.api.is_function_url()) return MakeFunctionUrlError(500);
  if (!call.api.is_rest()) return MakeHttpError(500, "Internal Server Error");
  return MakeRestError(error::kConfiguration, call.api.config);
}

std::optional<http::Reply> Gateway::Impl::CheckAuthorizer(Call& call) {
  const std::string& name = call.route->route.authorizer;
  if (name.empty()) return std::nullopt;
  const Authorizer& authorizer = call.api.config.authorizers.at(name);
  if (const auto* lambda = std::get_if<LambdaAuthorizer>(&authorizer))
    return lambda_authorizers_.Authorize(call, *lambda);
  OFFSTAGE_CHECK(dependencies_.tokens != nullptr, "such routes are refused without a verifier");
  if (const auto* cognito = std::get_if<CognitoAuthorizer>(&authorizer))
    return token_authorizers_.Authorize(call, *cognito);
  return token_authorizers_.Authorize(call, std::get<JwtAuthorizer>(authorizer));
}

http::Reply Gateway::Impl::Answer(Call& call, std::string_view path, IntegrationFacts& facts) {
  if (std::optional<http::Reply> refused = CheckLimits(call)) return std::move(*refused);
  MatchRoute(call, path);
  if (call.route == nullptr) return NoRoute(call);
  if (!call.route->route.refused.empty()) return Refused(call);
  if (call.api.config.kind == ApiKind::kHttp && !DecodeHttpApiPath(call.stage_path).has_value()) {
    call.explanation = "HTTP APIs decode paths twice; what the first time leaves cannot be decoded";
    return MakeHttpError(400, "Bad Request");
  }
  call.query = ParseQuery(call.request.RawQuery());
  if (std::optional<http::Reply> refused = CheckIam(call)) return std::move(*refused);
  if (std::optional<http::Reply> refused = CheckAuthorizer(call)) return std::move(*refused);
  if (std::optional<http::Reply> refused = CheckApiKey(call)) return std::move(*refused);
  if (std::optional<http::Reply> refused = throttling_.Check(call)) return std::move(*refused);
  if (std::optional<http::Reply> refused = CheckValidation(call)) return std::move(*refused);
  return RunIntegration(call, {dependencies_.invoker, http_backend_, dependencies_.aws}, facts);
}

// A browser hides such an answer from the page. Deployed it would be the same, so nothing is added.
void Gateway::Impl::WarnAboutCors(Call& call, const http::Reply& reply) const {
  const std::string_view origin = call.Header("origin");
  if (origin.empty()) return;
  const auto allowed = reply.headers.GetAll("access-control-allow-origin");
  if (allowed.size() > 1) {
    call.Explain(
        "a browser refuses this answer: it has Access-Control-Allow-Origin twice, from the handler "
        "and from the URL's Cors, here as deployed");
  }
  if (!allowed.empty()) return;
  const std::size_t scheme = origin.find("://");
  if (scheme != std::string_view::npos && origin.substr(scheme + 3) == call.Header("host")) return;
  std::string text = fmt::format(
      "a browser page from {} may not read this answer: it has no Access-Control-Allow-Origin, "
      "here "
      "as deployed",
      origin);
  if (call.api.is_rest() && call.explanation.empty()) {
    text +=
        "; a Lambda proxy's handler must send it itself (Cors in the template covers OPTIONS only)";
  }
  call.explanation = call.explanation.empty() ? text : call.explanation + "; " + text;
}

void Gateway::Impl::Finish(const Call& call, const IntegrationFacts& facts,
                           http::Reply& reply) const {
  reply.headers.Add("Date", ToHttpDate(call.time));
  if (call.api.is_function_url()) {
    reply.headers.Add("x-amzn-RequestId", call.request_id);
    if (facts.invoked) reply.headers.Add("X-Amzn-Trace-Id", call.trace_root + call.trace_rest);
  } else if (call.api.is_rest()) {
    reply.headers.Add("x-amzn-RequestId", call.request_id);
    reply.headers.Add("x-amz-apigw-id", call.extended_request_id);
    const bool failed = reply.headers.Find("x-amzn-errortype") != nullptr;
    if (facts.invoked && !failed) {
      reply.headers.Add("X-Amzn-Trace-Id", call.trace_root + call.trace_rest);
    }
  } else {
    reply.headers.Add("Apigw-Requestid", call.extended_request_id);
  }
  if (!call.explanation.empty()) {
    reply.headers.Add("x-offstage-explain", ToExplanation(call.explanation));
  }
}

Span Gateway::Impl::Describe(const Call& call, const http::Reply& reply,
                             Steady::time_point start) const {
  const std::string_view key =
      call.route == nullptr ? "(no route)" : std::string_view(call.route->key);
  Span span{.request_id = call.request_id, .name = fmt::format("gateway {}", key), .start = start};
  span.attributes = {{"api", call.api.config.id},
                     {"method", call.request.method},
                     {"target", call.request.target},
                     {"route", std::string(key)},
                     {"status", std::to_string(reply.status)}};
  return span;
}

void Gateway::Impl::Record(Span span, const IntegrationFacts& facts,
                           std::string_view explanation) const {
  span.duration = std::chrono::duration_cast<std::chrono::microseconds>(Steady::now() - span.start);
  if (facts.invoked && !facts.function.empty()) {
    span.attributes.emplace_back("function", facts.function);
    span.attributes.emplace_back("invocation", facts.request_id);
    span.attributes.emplace_back("start", facts.cold_start ? "cold" : "warm");
    span.attributes.emplace_back("queued_us", std::to_string(facts.times.queued.count()));
    span.attributes.emplace_back("init_us", std::to_string(facts.times.init.count()));
    span.attributes.emplace_back("handler_us", std::to_string(facts.times.handler.count()));
  }
  if (!explanation.empty()) {
    const std::string why = ToExplanation(explanation);
    dependencies_.log.Warn(fmt::format("gateway answered {}", FindAttribute(span, "status")),
                           {{"request", fmt::format("{} {}", FindAttribute(span, "method"),
                                                    FindAttribute(span, "target"))},
                            {"request_id", span.request_id},
                            {"why", why}});
    span.attributes.emplace_back("explain", why);
  }
  dependencies_.traces.Record(std::move(span));
}

// The rest of an answer whose status and headers are known. It is recorded when it has ended.
void Gateway::Impl::Stream(const Call& call, IntegrationFacts facts, Span span,
                           http::Reply& reply) const {
  // A handler that fails in the middle ends the body as if it were whole (hotsock/voker's probe of
  // the service: curl sees no error).
  auto deliver = [this, facts = std::move(facts), span = std::move(span),
                  explanation = call.explanation](const http::WritePiece& write) mutable {
    facts.stream->Deliver(write);
    const InvokeResult result = facts.stream->AwaitResult();
    AddResult(result, facts);
    const auto explain = [&explanation](std::string text) {
      explanation += (explanation.empty() ? "" : "; ") + std::move(text);
    };
    if (result.status != InvokeStatus::kOk) {
      explain(fmt::format("function {} failed after {} bytes of its answer: {}", facts.function,
                          facts.stream->bytes(), result.explanation));
    }
    if (facts.stream->bytes() > StreamedAnswer::kMaxBytes)
      explain(fmt::format("function {} wrote more than 200 MB", facts.function));
    Record(std::move(span), facts, explanation);
    return true;
  };
  if (call.request.method == "HEAD") {
    deliver([](std::string_view) { return true; });
    return;
  }
  reply.stream = std::move(deliver);
}

std::vector<RouteListing> Gateway::Impl::Routes() const {
  std::vector<RouteListing> listing;
  for (const std::unique_ptr<Api>& api : apis_) {
    const std::string prefix =
        api == apis_.front() ? std::string() : std::string(kApisPrefix) + api->config.id;
    for (const CompiledRoute& compiled : api->routes) {
      const Route& route = compiled.route;
      std::string protection = ProtectionOf(route);
      const auto url = ParseBackendUrl(UrlOf(route.integration));
      if (url.ok() && !http_backend_.Allows(url->host)) {
        if (!protection.empty()) protection += ", ";
        protection += "needs --allow-egress " + url->host;
      }
      listing.push_back({.api_id = api->config.id,
                         .api_name = api->config.name,
                         .kind = api->config.kind,
                         .method = route.method,
                         .path = route.path,
                         .target = TargetOf(route.integration),
                         .protection = std::move(protection),
                         .url_path = prefix + (route.path == "$default" ? "/" : route.path)});
    }
  }
  return listing;
}

Result<std::unique_ptr<Gateway>> Gateway::Create(std::vector<ApiConfig> apis,
                                                 const Dependencies& dependencies) {
  if (apis.empty()) return Fail(Error{"there is no API to serve"});
  std::vector<std::unique_ptr<Api>> compiled;
  std::vector<std::string> warnings;
  for (ApiConfig& config : apis) {
    for (const std::unique_ptr<Api>& other : compiled) {
      if (other->config.id == config.id) {
        return Fail(Error{fmt::format("two APIs have the id {}", config.id)});
      }
    }
    OFFSTAGE_TRY(Api api, CompileApi(std::move(config), warnings));
    RefuseUncheckable(api, dependencies.tokens);
    for (const std::string& what : api.config.unenforced) {
      warnings.push_back(
          fmt::format("API {}: {} is not enforced here: requests that it refuses deployed pass",
                      api.config.name, what));
    }
    compiled.push_back(std::make_unique<Api>(std::move(api)));
  }
  for (const std::string& warning : warnings)
    dependencies.log.Warn(warning);
  auto impl = std::make_unique<Impl>(std::move(compiled), dependencies);
  return std::unique_ptr<Gateway>(new Gateway(std::move(impl)));
}

Gateway::Gateway(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Gateway::~Gateway() = default;

http::Reply Gateway::Handle(const http::Request& request) {
  return impl_->Handle(request);
}

std::vector<RouteListing> Gateway::Routes() const {
  return impl_->Routes();
}

}  // namespace offstage::gateway
