#include "gateway/event_v1.h"

#include <fmt/format.h>

#include <functional>

#include "base/json.h"
#include "base/text.h"
#include "gateway/event_v2.h"

namespace offstage::gateway {

namespace {

// CloudFront's part of an edge-optimised endpoint (recorded: test_lambda_aws_proxy_integration).
// The viewer is said to be a desktop in the US; the address is one of CloudFront's.
constexpr std::string_view kCloudFrontAddress = "130.176.100.72";
constexpr std::string_view kCloudFrontVia =
    "1.1 b5e5c2f0e1c74f3f8d8c9f5f5f1f2a3c.cloudfront.net (CloudFront)";

void AppendKey(std::string_view key, std::string& out) {
  out.push_back('"');
  out.append(key);
  out.append("\":");
}

void AppendMember(std::string_view key, std::string_view value, std::string& out) {
  AppendKey(key, out);
  AppendJsonText(value, out);
  out.push_back(',');
}

bool IsReplaced(std::string_view name) {
  return EqualsIgnoreCase(name, "host") || EqualsIgnoreCase(name, "x-forwarded-for") ||
         EqualsIgnoreCase(name, "x-forwarded-port") ||
         EqualsIgnoreCase(name, "x-forwarded-proto") || EqualsIgnoreCase(name, "x-amzn-trace-id");
}

// CloudFront writes these two in its own way, and leaves all others as the client spelt them
// (recorded: `authorization` and `aUThorization` arrive as `Authorization`, `tEsT-HEADeR` as it
// is).
std::string_view SpellForEdge(std::string_view name) {
  if (EqualsIgnoreCase(name, "authorization")) return "Authorization";
  if (EqualsIgnoreCase(name, "user-agent")) return "User-Agent";
  return name;
}

std::string LocalPort(const Call& call) {
  const std::string_view host = call.Header("host");
  const std::size_t colon = host.rfind(':');
  return colon == std::string_view::npos ? "80" : std::string(host.substr(colon + 1));
}

void AddEdgeHeaders(const Call& call, AddedHeaders& added, HeaderList& headers) {
  added.cf_id = Base64Encode(call.request_id + call.extended_request_id);
  for (char& c : added.cf_id)
    c = c == '+' ? '-' : c == '/' ? '_' : c;
  headers.insert(headers.end(), {{"CloudFront-Forwarded-Proto", "https"},
                                 {"CloudFront-Is-Desktop-Viewer", "true"},
                                 {"CloudFront-Is-Mobile-Viewer", "false"},
                                 {"CloudFront-Is-SmartTV-Viewer", "false"},
                                 {"CloudFront-Is-Tablet-Viewer", "false"},
                                 {"CloudFront-Viewer-ASN", "16509"},
                                 {"CloudFront-Viewer-Country", "US"},
                                 {"Via", kCloudFrontVia},
                                 {"X-Amz-Cf-Id", added.cf_id}});
}

// `headers` are sorted, so those of one name are neighbours; the single map has the last value,
// under the spelling that came first.
void AppendHeaders(const HeaderList& headers, std::string& out) {
  out += "\"headers\":{";
  for (std::size_t i = 0; i < headers.size();) {
    std::size_t last = i;
    while (last + 1 < headers.size() &&
           EqualsIgnoreCase(headers[last + 1].first, headers[i].first)) {
      ++last;
    }
    if (i > 0) out.push_back(',');
    AppendJsonText(headers[i].first, out);
    out.push_back(':');
    AppendJsonText(headers[last].second, out);
    i = last + 1;
  }
  out += "},\"multiValueHeaders\":{";
  for (std::size_t i = 0; i < headers.size(); ++i) {
    if (i > 0 && EqualsIgnoreCase(headers[i - 1].first, headers[i].first)) {
      out.back() = ',';  // in place of the list's bracket
    } else {
      if (i > 0) out.push_back(',');
      AppendJsonText(headers[i].first, out);
      out += ":[";
    }
    AppendJsonText(headers[i].second, out);
    out.push_back(']');
  }
  out += "},";
}

// What stands for a map with nothing in it: null in a function's event, {} in an authorizer's.
using Absent = std::string_view;
constexpr Absent kNull = "null";
constexpr Absent kEmptyMap = "{}";

void AppendQuery(const std::vector<NamedValues>& query, Absent absent, std::string& out) {
  if (query.empty()) {
    out += fmt::format("\"queryStringParameters\":{0},\"multiValueQueryStringParameters\":{0},",
                       absent);
    return;
  }
  out += "\"queryStringParameters\":{";
  for (const NamedValues& parameter : query) {
    AppendJsonText(parameter.name, out);
    out.push_back(':');
    AppendJsonText(parameter.values.back(), out);
    out.push_back(',');
  }
  out.back() = '}';
  out += ",\"multiValueQueryStringParameters\":{";
  for (const NamedValues& parameter : query) {
    AppendJsonText(parameter.name, out);
    out += ":[";
    for (const std::string& value : parameter.values) {
      AppendJsonText(value, out);
      out.push_back(',');
    }
    out.back() = ']';
    out.push_back(',');
  }
  out.back() = '}';
  out.push_back(',');
}

void AppendPathParameters(const Call& call, Absent absent, std::string& out) {
  if (call.parameters.empty()) {
    out += fmt::format("\"pathParameters\":{},", absent);
    return;
  }
  out += "\"pathParameters\":{";
  for (const auto& [name, value] : call.parameters) {
    AppendJsonText(name, out);
    out.push_back(':');
    // REST hands them over as they were sent; HTTP APIs decode.
    if (call.api.is_rest()) {
      AppendJsonText(value, out);
    } else {
      AppendJsonText(PercentDecode(value), out);
    }
    out.push_back(',');
  }
  out.back() = '}';
  out.push_back(',');
}

void AppendUserAgent(const Call& call, std::string& out) {
  AppendKey("userAgent", out);
  const std::string* agent = call.request.headers.Find("user-agent");
  if (agent == nullptr) {
    out += "null,";
  } else {
    AppendJsonText(*agent, out);
    out.push_back(',');
  }
}

void AppendRestIdentity(const Call& call, std::string& out) {
  out += "\"identity\":{\"cognitoIdentityPoolId\":null,\"accountId\":null,";
  if (call.api_key != nullptr) {
    AppendMember("apiKey", call.api_key->value, out);
    AppendMember("apiKeyId", call.api_key->id, out);
  }
  out += "\"cognitoIdentityId\":null,\"caller\":null,";
  AppendMember("sourceIp", call.request.remote_address, out);
  out +=
      "\"principalOrgId\":null,\"accessKey\":null,\"cognitoAuthenticationType\":null,"
      "\"cognitoAuthenticationProvider\":null,\"userArn\":null,";
  AppendUserAgent(call, out);
  out += "\"user\":null},";
}

void AppendRestContext(const Call& call, std::string& out) {
  const ApiConfig& config = call.api.config;
  out += "\"requestContext\":{";
  AppendMember("resourceId", call.route->resource_id, out);
  if (!call.authorizer_json.empty()) {
    AppendKey("authorizer", out);
    out += call.authorizer_json;
    out.push_back(',');
  }
  AppendMember("resourcePath", call.route->route.path, out);
  AppendMember("httpMethod", call.request.method, out);
  AppendMember("extendedRequestId", call.extended_request_id, out);
  AppendMember("requestTime", ToRequestTime(call.time), out);
  AppendMember("path", call.stage_path, out);
  AppendMember("accountId", config.account_id, out);
  out += "\"protocol\":\"HTTP/1.1\",";
  AppendMember("stage", config.stage, out);
  const std::string_view domain = call.Domain();
  AppendMember("domainPrefix", domain.substr(0, domain.find('.')), out);
  AppendKey("requestTimeEpoch", out);
  out += fmt::format("{},", ToEpochMillis(call.time));
  AppendMember("requestId", call.request_id, out);
  AppendRestIdentity(call, out);
  AppendMember("domainName", domain, out);
  AppendMember("deploymentId", call.api.deployment_id, out);
  AppendKey("apiId", out);
  AppendJsonText(config.id, out);
  out += "},";
}

// An HTTP API writes the same facts in alphabetical order and has its own empty authorizer.
void AppendHttpContext(const Call& call, std::string& out) {
  const ApiConfig& config = call.api.config;
  const std::string_view domain = call.Domain();
  out += "\"requestContext\":{";
  AppendMember("accountId", config.account_id, out);
  AppendMember("apiId", config.id, out);
  AppendKey("authorizer", out);
  out += call.authorizer_json.empty() ? std::string_view(R"({"claims":null,"scopes":null},)")
                                      : std::string_view(call.authorizer_json);
  if (!call.authorizer_json.empty()) out.push_back(',');
  AppendMember("domainName", domain, out);
  AppendMember("domainPrefix", domain.substr(0, domain.find('.')), out);
  AppendMember("extendedRequestId", call.extended_request_id, out);
  AppendMember("httpMethod", call.request.method, out);
  out +=
      "\"identity\":{\"accessKey\":null,\"accountId\":null,\"caller\":null,\"cognitoAmr\":null,"
      "\"cognitoAuthenticationProvider\":null,\"cognitoAuthenticationType\":null,"
      "\"cognitoIdentityId\":null,\"cognitoIdentityPoolId\":null,\"principalOrgId\":null,";
  AppendMember("sourceIp", call.request.remote_address, out);
  out += "\"user\":null,";
  AppendUserAgent(call, out);
  out += "\"userArn\":null},";
  AppendMember("path", DecodedPath(call), out);
  out += "\"protocol\":\"HTTP/1.1\",";
  AppendMember("requestId", call.extended_request_id, out);
  AppendMember("requestTime", ToRequestTime(call.time), out);
  AppendKey("requestTimeEpoch", out);
  out += fmt::format("{},", ToEpochMillis(call.time));
  AppendMember("resourceId", call.route->key, out);
  AppendMember("resourcePath", call.route->route.path, out);
  AppendKey("stage", out);
  AppendJsonText(config.stage, out);
  out += "},";
}

// Everything up to and with stageVariables and requestContext, each member followed by a comma.
void AppendAllButBody(const Call& call, Absent absent, std::string& out) {
  AddedHeaders added;
  const HeaderList headers = IntegrationHeaders(call, added);
  AppendMember("resource", call.route->route.path, out);
  AppendMember("path", call.api.is_rest() ? call.path : DecodedPath(call), out);
  AppendMember("httpMethod", call.request.method, out);
  AppendHeaders(headers, out);
  AppendQuery(call.query, absent, out);
  if (!call.api.is_rest()) AppendHttpContext(call, out);
  AppendPathParameters(call, absent, out);
  AppendKey("stageVariables", out);
  out += call.api.config.stage_variables.empty() ? absent : Absent(call.api.stage_variables_json);
  out.push_back(',');
  if (call.api.is_rest()) AppendRestContext(call, out);
}

void AppendBody(const Call& call, std::string& out) {
  const std::string& body = call.request.body;
  const bool binary = call.api.is_rest() ? MatchesMediaType(call.Header("content-type"),
                                                            call.api.config.binary_media_types)
                                         : !IsTextMediaType(call.Header("content-type"));
  AppendKey("body", out);
  if (body.empty()) {
    out += "null,\"isBase64Encoded\":false}";
  } else if (binary) {
    out.push_back('"');
    out += Base64Encode(body);
    out += "\",\"isBase64Encoded\":true}";
  } else {
    AppendJsonText(body, out);
    out += ",\"isBase64Encoded\":false}";
  }
}

}  // namespace

HeaderList IntegrationHeaders(const Call& call, AddedHeaders& added) {
  const bool edge = call.api.is_rest() && call.api.config.endpoint == EndpointType::kEdge;
  const bool deployed = call.api.config.self_address == SelfAddress::kDeployed;
  HeaderList headers;
  headers.reserve(call.request.headers.size() + 16);
  for (const auto& [name, value] : call.request.headers) {
    if (IsReplaced(name) || IsDroppedFromRequest(name)) continue;
    headers.emplace_back(edge ? SpellForEdge(name) : std::string_view(name), value);
  }
  const std::string_view before = call.Header("x-forwarded-for");
  added.forwarded_for = before.empty() ? std::string() : std::string(before) + ", ";
  added.forwarded_for += call.request.remote_address;
  if (edge) added.forwarded_for += fmt::format(", {}", kCloudFrontAddress);
  added.port = deployed ? "443" : LocalPort(call);
  if (edge) AddEdgeHeaders(call, added, headers);
  headers.insert(headers.end(), {{"Host", call.Domain()},
                                 {"X-Amzn-Trace-Id", call.trace_root},
                                 {"X-Forwarded-For", added.forwarded_for},
                                 {"X-Forwarded-Port", added.port},
                                 {"X-Forwarded-Proto", deployed ? "https" : "http"}});
  SortHeaders(headers);
  return headers;
}

std::string BuildEventV1(const Call& call) {
  std::string out;
  out.reserve(4096 + call.request.body.size() * 2);
  out.push_back('{');
  if (!call.api.is_rest()) out += "\"version\":\"1.0\",";
  AppendAllButBody(call, kNull, out);
  AppendBody(call, out);
  return out;
}

std::string BuildRequestAuthorizerEventV1(const Call& call, std::string_view method_arn) {
  std::string out;
  out.reserve(4096);
  out.push_back('{');
  if (!call.api.is_rest()) out += "\"version\":\"1.0\",";
  out += "\"type\":\"REQUEST\",";
  AppendMember("methodArn", method_arn, out);
  AppendAllButBody(call, kEmptyMap, out);
  out.back() = '}';
  return out;
}

}  // namespace offstage::gateway
