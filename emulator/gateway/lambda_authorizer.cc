#include "gateway/lambda_authorizer.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "base/json.h"
#include "base/text.h"
#include "gateway/event_v1.h"
#include "gateway/event_v2.h"
#include "gateway/gateway_error.h"

namespace offstage::gateway {

namespace {

constexpr std::size_t kMaxCached = 10000;
constexpr std::chrono::seconds kTimeout{29};
// docs.aws.amazon.com/apigateway/latest/developerguide/limits.html
constexpr std::size_t kMaxMethodArn = 1600;

http::Reply Unauthorized(Call& call, std::string why) {
  call.explanation = std::move(why);
  if (!call.api.is_rest()) return MakeHttpError(401, "Unauthorized");
  return MakeRestError(error::kUnauthorized, call.api.config);
}

http::Reply Broken(Call& call, std::string why) {
  call.explanation = std::move(why);
  if (!call.api.is_rest()) return MakeHttpError(500, "Internal Server Error");
  return MakeRestError(error::kAuthorizerConfiguration, call.api.config);
}

http::Reply Denied(Call& call, Verdict verdict, const std::string& function) {
  call.explanation =
      verdict == Verdict::kExplicitDeny
          ? fmt::format("authorizer {} denies this method", function)
          : fmt::format("the policy of authorizer {} does not allow this method", function);
  if (!call.api.is_rest()) return MakeHttpError(403, "Forbidden");
  return MakeRestError(
      verdict == Verdict::kExplicitDeny ? error::kExplicitDeny : error::kImplicitDeny,
      call.api.config);
}

// arn:aws:execute-api:{region}:{account}:{api}/{stage}/{METHOD}/{path}, with the request's own
// path.
std::string MethodArn(const Call& call) {
  const ApiConfig& config = call.api.config;
  return fmt::format("arn:aws:execute-api:{}:{}:{}/{}/{}{}", config.region, config.account_id,
                     config.id, config.stage, call.request.method, call.path);
}

// Where an identity is in both dialects: "method.request.header.X" and "$request.header.X".
std::string IdentityValue(const Call& call, std::string_view source) {
  const auto after = [source](std::string_view rest, std::string_view http) {
    if (source.starts_with(rest)) return source.substr(rest.size());
    return source.starts_with(http) ? source.substr(http.size()) : std::string_view();
  };
  if (const auto name = after("method.request.header.", "$request.header."); !name.empty()) {
    return std::string(call.Header(name));
  }
  if (const auto name = after("method.request.querystring.", "$request.querystring.");
      !name.empty()) {
    const NamedValues* parameter = FindParameter(call.query, name);
    return parameter == nullptr ? std::string() : parameter->values.back();
  }
  if (const auto name = after("stageVariables.", "$stageVariables."); !name.empty()) {
    const auto found = call.api.config.stage_variables.find(std::string(name));
    return found == call.api.config.stage_variables.end() ? std::string() : found->second;
  }
  const auto context = after("context.", "$context.");
  if (context == "httpMethod") return call.request.method;
  if (context == "path") return call.stage_path;
  if (context == "resourcePath") return call.route->route.path;
  if (context == "routeKey") return call.route->key;
  if (context == "stage") return call.api.config.stage;
  if (context == "identity.sourceIp") return call.request.remote_address;
  return {};
}

bool IsRefusal(const InvokeResult& result) {
  // `throw new Error("Unauthorized")` is how an authorizer asks for a 401.
  const auto error = ParseJson(result.payload);
  return error.ok() && error->is_object() && error->value("errorMessage", Json()) == "Unauthorized";
}

// "key":"value" for each; numbers and booleans become text in REST events.
Result<std::string> ContextMembers(const Json& answer, ApiKind kind) {
  const auto context = answer.find("context");
  if (context == answer.end() || context->is_null()) return std::string();
  if (!context->is_object()) return Fail(Error{"context is not an object"});
  std::string members;
  for (const auto& [key, value] : context->items()) {
    if (kind == ApiKind::kRest && value.is_structured()) {
      return Fail(
          Error{fmt::format("context.{} is an object or a list; only texts, numbers and "
                            "booleans may be passed on",
                            key)});
    }
    AppendJsonText(key, members);
    members.push_back(':');
    const bool as_text = kind == ApiKind::kRest && !value.is_string() && !value.is_null();
    if (as_text) {
      AppendJsonText(DumpJson(value), members);
    } else {
      members += DumpJson(value);
    }
    members.push_back(',');
  }
  if (!members.empty()) members.pop_back();
  return members;
}

std::string MakeTokenEvent(const std::string& token, const std::string& method_arn) {
  std::string event = R"({"type":"TOKEN","methodArn":)";
  AppendJsonText(method_arn, event);
  event += R"(,"authorizationToken":)";
  AppendJsonText(token, event);
  event += "}";
  return event;
}

std::string MakeEvent(const Call& call, const LambdaAuthorizer& authorizer,
                      const std::vector<std::string>& identity, const std::string& method_arn) {
  if (authorizer.kind == LambdaAuthorizer::Kind::kToken) {
    return MakeTokenEvent(identity.front(), method_arn);
  }
  if (!call.api.is_rest() && authorizer.payload == PayloadVersion::kV2) {
    return BuildRequestAuthorizerEventV2(call, method_arn, identity);
  }
  return BuildRequestAuthorizerEventV1(call, method_arn);
}

// requestContext.authorizer, in the place where the payload format has it.
std::string AuthorizerJson(const Call& call, const std::string& members) {
  const auto* proxy = std::get_if<LambdaProxy>(&call.route->route.integration);
  const bool v2 = !call.api.is_rest() && proxy != nullptr && proxy->payload == PayloadVersion::kV2;
  return v2 ? "{\"lambda\":{" + members + "}}" : "{" + members + "}";
}

std::string CacheKey(const Call& call, const std::vector<std::string>& identity) {
  std::string key = call.api.config.id + '\0' + call.route->route.authorizer;
  for (const std::string& value : identity) {
    key += fmt::format("{}{}:", '\0', value.size());
    key += value;
  }
  return key;
}

}  // namespace

LambdaAuthorizers::SharedGrant LambdaAuthorizers::FindCached(const std::string& key) {
  const TimePoint now = clock_.Now();
  const MutexLock lock(mutex_);
  const auto found = cache_.find(key);
  if (found == cache_.end()) return nullptr;
  if (found->second->expires > now) return found->second;
  cache_.erase(found);
  return nullptr;
}

void LambdaAuthorizers::Remember(const std::string& key, SharedGrant grant) {
  const MutexLock lock(mutex_);
  // Clients choose the keys: forget everything rather than grow without bound.
  if (cache_.size() >= kMaxCached) cache_.clear();
  cache_[key] = std::move(grant);
}

Result<LambdaAuthorizers::SharedGrant, http::Reply> LambdaAuthorizers::Ask(
    Call& call, const LambdaAuthorizer& authorizer, const std::vector<std::string>& identity,
    const std::string& method_arn) {
  const std::string& function = authorizer.function;
  InvokeRequest request;
  request.function = function;
  request.payload = MakeEvent(call, authorizer, identity, method_arn);
  request.trace_header = call.trace_root + call.trace_rest;
  request.wait_limit = kTimeout;
  const auto start = std::chrono::steady_clock::now();
  const InvokeResult result = invoker_.Invoke(request);
  const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(
      std::chrono::steady_clock::now() - start);
  if (result.status == InvokeStatus::kFunctionError && IsRefusal(result)) {
    return Fail(Unauthorized(call, fmt::format("authorizer {} said Unauthorized", function)));
  }
  if (result.status != InvokeStatus::kOk) {
    return Fail(
        Broken(call, fmt::format("authorizer {} failed: {}", function, result.explanation)));
  }
  const auto parsed = ParseJson(result.payload);
  if (!parsed.ok() || !parsed->is_object()) {
    return Fail(Broken(call, fmt::format("authorizer {} did not return an object", function)));
  }
  const Json& answer = *parsed;
  auto members = ContextMembers(answer, call.api.config.kind);
  if (!members.ok()) {
    return Fail(Broken(call, fmt::format("authorizer {}: {}", function, members.error().message)));
  }
  Grant grant;
  grant.expires = clock_.Now() + authorizer.ttl;
  if (!call.api.is_rest() && authorizer.answer == LambdaAuthorizer::Answer::kSimple) {
    const auto allowed = answer.find("isAuthorized");
    if (allowed == answer.end() || !allowed->is_boolean()) {
      return Fail(Broken(call, fmt::format("authorizer {} returned no isAuthorized", function)));
    }
    grant.simple = allowed->get<bool>() ? Grant::Simple::kYes : Grant::Simple::kNo;
    grant.context_members = std::move(members).value();
    return std::make_shared<const Grant>(std::move(grant));
  }
  const auto principal = answer.find("principalId");
  const auto document = answer.find("policyDocument");
  if (principal == answer.end() || !principal->is_string() || document == answer.end()) {
    return Fail(Broken(call, fmt::format("authorizer {} must return principalId (text) and "
                                         "policyDocument",
                                         function)));
  }
  auto policy = Policy::Parse(*document);
  if (!policy.ok()) {
    return Fail(Broken(call, fmt::format("authorizer {}: {}", function, policy.error().message)));
  }
  grant.policy = std::move(policy).value();
  grant.context_members = "\"principalId\":" + DumpJson(*principal);
  if (call.api.is_rest()) {
    grant.context_members += fmt::format(",\"integrationLatency\":{}", took.count());
  }
  if (!members->empty()) grant.context_members += "," + *members;
  return std::make_shared<const Grant>(std::move(grant));
}

std::optional<http::Reply> LambdaAuthorizers::Authorize(Call& call,
                                                        const LambdaAuthorizer& authorizer) {
  std::vector<std::string> identity;
  const bool must_be_there =
      authorizer.kind == LambdaAuthorizer::Kind::kToken || authorizer.ttl.count() > 0;
  for (const std::string& source : authorizer.identity_sources) {
    std::string value = IdentityValue(call, source);
    if (value.empty() && must_be_there) {
      return Unauthorized(call, fmt::format("the authorizer {} needs {}, which is missing or empty",
                                            authorizer.function, source));
    }
    identity.push_back(std::move(value));
  }
  if (authorizer.kind == LambdaAuthorizer::Kind::kToken && call.route->token_pattern.has_value() &&
      !call.route->token_pattern->Matches(identity.front())) {
    return Unauthorized(call, "the token does not match the authorizer's validation expression");
  }
  const std::string method_arn = MethodArn(call);
  if (call.api.is_rest() && method_arn.size() > kMaxMethodArn) {
    call.explanation = fmt::format("the method's ARN has {} bytes; API Gateway authorizes {}",
                                   method_arn.size(), kMaxMethodArn);
    return MakePlainError(414, "Request URI too long");
  }
  const bool cached = authorizer.ttl.count() > 0 && !identity.empty();
  const std::string key = cached ? CacheKey(call, identity) : std::string();
  SharedGrant grant = cached ? FindCached(key) : nullptr;
  if (grant == nullptr) {
    auto asked = Ask(call, authorizer, identity, method_arn);
    if (!asked.ok()) return asked.error();
    grant = asked.value();
    if (cached) Remember(key, grant);
  }
  const Verdict verdict = grant->simple == Grant::Simple::kYes ? Verdict::kAllowed
                          : grant->simple == Grant::Simple::kNo
                              ? Verdict::kImplicitDeny
                              : grant->policy.Evaluate(method_arn);
  if (verdict != Verdict::kAllowed) return Denied(call, verdict, authorizer.function);
  call.authorizer_json = AuthorizerJson(call, grant->context_members);
  return std::nullopt;
}

}  // namespace offstage::gateway
