#include "gateway/mapping_values.h"

#include <fmt/format.h>

#include "base/text.h"
#include "gateway/event_v1.h"
#include "gateway/vtl/json_path.h"

namespace offstage::gateway {

namespace {

using vtl::Value;

void Put(Value& map, std::string_view key, std::string_view text) {
  map.AsMap()->Put(key, Value::Text(std::string(text)));
}

Value MakeIdentity(const Call& call) {
  Value identity = Value::NewMap();
  for (const std::string_view absent :
       {"cognitoIdentityPoolId", "accountId", "cognitoIdentityId", "caller"})
    identity.AsMap()->Put(absent, Value());
  if (call.api_key != nullptr) {
    Put(identity, "apiKey", call.api_key->value);
    Put(identity, "apiKeyId", call.api_key->id);
  }
  Put(identity, "sourceIp", call.request.remote_address);
  for (const std::string_view absent : {"principalOrgId", "accessKey", "cognitoAuthenticationType",
                                        "cognitoAuthenticationProvider", "userArn"})
    identity.AsMap()->Put(absent, Value());
  Put(identity, "userAgent", call.Header("user-agent"));
  identity.AsMap()->Put("user", Value());
  return identity;
}

// After "prefix", or null.
std::optional<std::string_view> After(std::string_view text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return std::nullopt;
  return text.substr(prefix.size());
}

// The body as JSON, if it looks like some; the service reads any other as {} (a text is no fault).
Result<Value> BodyForPath(const std::string& body) {
  const std::string_view trimmed = Trim(body);
  if (trimmed.empty() || std::string_view("{[\"'").find(trimmed.front()) == std::string_view::npos)
    return Value::NewMap();
  return vtl::ParseJsonValue(trimmed);
}

Result<std::optional<std::string>> FromBody(const std::string& body, std::string_view rest) {
  OFFSTAGE_TRY(const Value json, BodyForPath(body));
  if (rest.empty()) return std::optional(std::string(Trim(body)));
  OFFSTAGE_TRY(const Value found, vtl::FindByPath(json, fmt::format("${}", rest)));
  if (found.IsNull()) return std::optional<std::string>();
  return std::optional(vtl::ToText(found));
}

// Values of a header under exactly this spelling (api-gateway-known-issues).
std::vector<std::string> HeaderValues(const Call& call, std::string_view name) {
  AddedHeaders added;
  std::vector<std::string> values;
  for (const auto& [header, value] : IntegrationHeaders(call, added)) {
    if (header == name) values.emplace_back(value);
  }
  return values;
}

Result<std::vector<std::string>> FromRequest(const Call& call, std::string_view source) {
  std::vector<std::string> values;
  const auto last_of = [](std::vector<std::string> all) {
    if (all.size() > 1) all.erase(all.begin(), all.end() - 1);
    return all;
  };
  if (const auto name = After(source, "header.")) return last_of(HeaderValues(call, *name));
  if (const auto name = After(source, "multivalueheader.")) {
    const std::vector<std::string> all = HeaderValues(call, *name);
    if (!all.empty()) values.push_back(Join(all, ","));
    return values;
  }
  if (const auto name = After(source, "querystring.")) {
    const NamedValues* found = FindParameter(call.query, *name);
    return found == nullptr ? values : last_of(found->values);
  }
  if (const auto name = After(source, "multivaluequerystring.")) {
    const NamedValues* found = FindParameter(call.query, *name);
    return found == nullptr ? values : found->values;
  }
  if (const auto name = After(source, "path.")) {
    for (const auto& [parameter, value] : call.parameters) {
      if (parameter == *name) values.emplace_back(value);
    }
    return values;
  }
  if (source == "body" || source.starts_with("body.") || source.starts_with("body[")) {
    OFFSTAGE_TRY(std::optional<std::string> found, FromBody(call.request.body, source.substr(4)));
    if (found.has_value()) values.push_back(*std::move(found));
    return values;
  }
  return Fail(Error{fmt::format("the mapping source method.request.{} is not understood", source)});
}

}  // namespace

Value MakeContextValue(const Call& call) {
  const ApiConfig& config = call.api.config;
  const std::string_view domain = call.Domain();
  Value context = Value::NewMap();
  vtl::Map& map = *context.AsMap();
  Put(context, "resourceId", call.route->resource_id);
  if (!call.authorizer_json.empty()) {
    auto authorizer = vtl::ParseJsonValue(call.authorizer_json);
    if (authorizer.ok()) map.Put("authorizer", std::move(authorizer).value());
  }
  Put(context, "resourcePath", call.route->route.path);
  Put(context, "httpMethod", call.request.method);
  Put(context, "extendedRequestId", call.extended_request_id);
  Put(context, "requestTime", ToRequestTime(call.time));
  Put(context, "path", call.stage_path);
  Put(context, "accountId", config.account_id);
  Put(context, "protocol", "HTTP/1.1");
  Put(context, "stage", config.stage);
  Put(context, "domainPrefix", domain.substr(0, domain.find('.')));
  map.Put("requestTimeEpoch", Value::Integer(ToEpochMillis(call.time)));
  Put(context, "requestId", call.request_id);
  map.Put("identity", MakeIdentity(call));
  Put(context, "domainName", domain);
  Put(context, "deploymentId", call.api.deployment_id);
  Put(context, "apiId", config.id);
  Value request = Value::NewMap();
  for (const std::string_view place : {"header", "path", "querystring"})
    request.AsMap()->Put(place, Value::NewMap());
  map.Put("requestOverride", std::move(request));
  Value response = Value::NewMap();
  response.AsMap()->Put("header", Value::NewMap());
  map.Put("responseOverride", std::move(response));
  return context;
}

Value MakeParamsValue(const Call& call) {
  Value path = Value::NewMap();
  for (const auto& [name, value] : call.parameters)
    Put(path, name, value);
  Value query = Value::NewMap();
  for (const NamedValues& parameter : call.query)
    Put(query, parameter.name, parameter.values.back());
  Value header = Value::NewMap();
  AddedHeaders added;
  for (const auto& [name, value] : IntegrationHeaders(call, added))
    Put(header, name, value);
  Value params = Value::NewMap();
  params.AsMap()->Put("path", std::move(path));
  params.AsMap()->Put("querystring", std::move(query));
  params.AsMap()->Put("header", std::move(header));
  return params;
}

Value MakeStageVariablesValue(const Call& call) {
  Value variables = Value::NewMap();
  for (const auto& [name, value] : call.api.config.stage_variables)
    Put(variables, name, value);
  return variables;
}

std::optional<std::string> CommonSource(const Call& call, std::string_view source) {
  if (source.size() >= 2 && source.front() == '\'' && source.back() == '\'')
    return std::string(source.substr(1, source.size() - 2));
  if (const auto name = After(source, "stageVariables.")) {
    const auto found = call.api.config.stage_variables.find(std::string(*name));
    if (found == call.api.config.stage_variables.end()) return std::nullopt;
    return found->second;
  }
  if (const auto path = After(source, "context.")) {
    const auto found = vtl::FindByPath(MakeContextValue(call), *path);
    if (!found.ok() || found->IsNull()) return std::nullopt;
    return vtl::ToText(*found);
  }
  return std::nullopt;
}

Result<std::vector<MappedParameter>> MapRequestParameters(const Call& call, const Pairs& mappings) {
  std::vector<MappedParameter> mapped;
  for (const auto& [target, source] : mappings) {
    MappedParameter parameter;
    using Place = MappedParameter::Place;
    if (const auto header = After(target, "integration.request.header.")) {
      parameter = {.place = Place::kHeader, .name = std::string(*header)};
    } else if (const auto query = After(target, "integration.request.querystring.")) {
      parameter = {.place = Place::kQuery, .name = std::string(*query)};
    } else if (const auto path = After(target, "integration.request.path.")) {
      parameter = {.place = Place::kPath, .name = std::string(*path)};
    } else {
      return Fail(Error{fmt::format("the mapping target {} is not understood", target)});
    }
    if (const auto request = After(source, "method.request.")) {
      OFFSTAGE_TRY(parameter.values, FromRequest(call, *request));
    } else if (std::optional<std::string> value = CommonSource(call, source)) {
      parameter.values = {*std::move(value)};
    }
    if (!parameter.values.empty()) mapped.push_back(std::move(parameter));
  }
  return mapped;
}

Result<std::optional<std::string>> ResponseParameter(const Call& call, const BackendAnswer& answer,
                                                     std::string_view source) {
  const auto rest = After(source, "integration.response.");
  if (!rest.has_value()) return CommonSource(call, source);
  if (rest->starts_with("body")) return FromBody(answer.body, rest->substr(4));
  const bool multi = rest->starts_with("multivalueheader.");
  if (!multi && !rest->starts_with("header."))
    return Fail(Error{fmt::format("the mapping source {} is not understood", source)});
  const std::string_view name = rest->substr(rest->find('.') + 1);
  const std::vector<std::string_view> values = answer.headers.GetAll(name);
  if (values.empty()) return std::optional<std::string>();
  if (!multi) return std::optional(std::string(values.back()));
  return std::optional(Join({values.begin(), values.end()}, ","));
}

std::string FillStageVariables(const Call& call, std::string text) {
  constexpr std::string_view kOpen = "${stageVariables.";
  std::size_t at = 0;
  while ((at = text.find(kOpen, at)) != std::string::npos) {
    const std::size_t end = text.find('}', at);
    if (end == std::string::npos) break;
    const std::string name = text.substr(at + kOpen.size(), end - at - kOpen.size());
    const auto found = call.api.config.stage_variables.find(name);
    const std::string value =
        found == call.api.config.stage_variables.end() ? std::string() : found->second;
    text.replace(at, end + 1 - at, value);
    at += value.size();
  }
  return text;
}

}  // namespace offstage::gateway
