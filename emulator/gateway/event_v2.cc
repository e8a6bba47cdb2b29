#include "gateway/event_v2.h"

#include <fmt/format.h>

#include "base/json.h"
#include "base/text.h"

namespace offstage::gateway {

namespace {

void AppendTextMember(std::string_view key, std::string_view value, std::string& out) {
  AppendJsonText(key, out);
  out.push_back(':');
  AppendJsonText(value, out);
  out.push_back(',');
}

std::string_view WithoutPort(std::string_view host) {
  return host.substr(0, host.rfind(':'));
}

// Every cookie of every Cookie header.
std::vector<std::string_view> Cookies(const Call& call) {
  std::vector<std::string_view> cookies;
  for (const std::string_view header : call.request.headers.GetAll("cookie")) {
    for (const std::string_view part : Split(header, ';')) {
      const std::string_view cookie = Trim(part);
      if (!cookie.empty()) cookies.push_back(cookie);
    }
  }
  return cookies;
}

struct AddedHeaders {
  std::string forwarded_for;
  std::string port;
};

bool IsReplaced(const Call& call, std::string_view name) {
  for (const std::string_view replaced :
       {"host", "x-forwarded-for", "x-forwarded-port", "x-forwarded-proto", "x-amzn-trace-id"}) {
    if (EqualsIgnoreCase(name, replaced)) return true;
  }
  // Function URLs say cookies twice, HTTP APIs only apart (live captures: hotsock/voker,
  // vokerhttp/testdata).
  if (EqualsIgnoreCase(name, "cookie")) return !call.api.is_function_url();
  // The one header that REST drops and HTTP APIs hand on.
  return IsDroppedFromRequest(name) && !EqualsIgnoreCase(name, "content-length");
}

HeaderList MakeHeaders(const Call& call, AddedHeaders& added) {
  const bool deployed = call.api.config.self_address == SelfAddress::kDeployed;
  HeaderList headers;
  headers.reserve(call.request.headers.size() + 8);
  for (const auto& [name, value] : call.request.headers) {
    if (!IsReplaced(call, name)) headers.emplace_back(name, value);
  }
  const std::string_view before = call.Header("x-forwarded-for");
  added.forwarded_for = before.empty() ? std::string() : std::string(before) + ", ";
  added.forwarded_for += call.request.remote_address;
  const std::string_view host = call.Header("host");
  added.port = deployed ? "443" : std::string(host.substr(WithoutPort(host).size()));
  if (!deployed) added.port = added.port.empty() ? "80" : added.port.substr(1);
  headers.insert(headers.end(), {{"host", call.Domain()},
                                 {"x-amzn-trace-id", call.trace_root},
                                 {"x-forwarded-for", added.forwarded_for},
                                 {"x-forwarded-port", added.port},
                                 {"x-forwarded-proto", deployed ? "https" : "http"}});
  if (call.api.is_function_url() && deployed) {
    headers.insert(headers.end(), {{"x-amzn-tls-cipher-suite", "TLS_AES_128_GCM_SHA256"},
                                   {"x-amzn-tls-version", "TLSv1.3"}});
  }
  SortHeaders(headers);
  return headers;
}

void AppendJoinedHeaders(const HeaderList& headers, std::string& out) {
  out += "\"headers\":{";
  for (std::size_t i = 0; i < headers.size();) {
    std::string joined(headers[i].second);
    std::size_t next = i + 1;
    while (next < headers.size() && EqualsIgnoreCase(headers[next].first, headers[i].first)) {
      joined += ",";
      joined += headers[next++].second;
    }
    AppendTextMember(ToLower(headers[i].first), joined, out);
    i = next;
  }
  if (out.back() == ',') out.pop_back();
  out += "},";
}

void AppendQuery(const Call& call, std::string& out) {
  if (call.query.empty()) return;
  out += "\"queryStringParameters\":{";
  for (const NamedValues& parameter : call.query) {
    AppendTextMember(parameter.name, Join(parameter.values, ","), out);
  }
  out.back() = '}';
  out.push_back(',');
}

void AppendContext(const Call& call, std::string& out) {
  const ApiConfig& config = call.api.config;
  const std::string_view domain = WithoutPort(call.Domain());
  out += "\"requestContext\":{";
  // A function URL without authorization says so in place of the account (urls-invocation.html).
  const bool anonymous =
      call.api.is_function_url() && call.route->route.iam == Route::IamAuthorization::kNotRequired;
  AppendTextMember("accountId", anonymous ? "anonymous" : config.account_id, out);
  AppendTextMember("apiId", config.id, out);
  if (!call.authorizer_json.empty()) out += "\"authorizer\":" + call.authorizer_json + ",";
  AppendTextMember("domainName", domain, out);
  AppendTextMember("domainPrefix", domain.substr(0, domain.find('.')), out);
  out += "\"http\":{";
  AppendTextMember("method", call.request.method, out);
  // Function URLs decode it here, but not in rawPath.
  AppendTextMember(
      "path", call.api.is_function_url() ? PercentDecode(call.stage_path) : DecodedPath(call), out);
  out += "\"protocol\":\"HTTP/1.1\",";
  AppendTextMember("sourceIp", call.request.remote_address, out);
  AppendTextMember("userAgent", call.Header("user-agent"), out);
  out.back() = '}';
  out.push_back(',');
  AppendTextMember("requestId",
                   call.api.is_function_url() ? call.request_id : call.extended_request_id, out);
  AppendTextMember("routeKey", call.route->key, out);
  AppendTextMember("stage", config.stage, out);
  AppendTextMember("time", ToRequestTime(call.time), out);
  out += fmt::format("\"timeEpoch\":{}}},", ToEpochMillis(call.time));
}

void AppendPathParameters(const Call& call, std::string& out) {
  if (call.parameters.empty()) return;
  out += "\"pathParameters\":{";
  for (const auto& [name, value] : call.parameters)
    AppendTextMember(name, PercentDecode(value), out);
  out.back() = '}';
  out.push_back(',');
}

void AppendStageVariables(const Call& call, std::string& out) {
  if (call.api.config.stage_variables.empty()) return;
  out += "\"stageVariables\":" + call.api.stage_variables_json + ",";
}

void AppendRouteAndHeaders(const Call& call, std::string& out) {
  AddedHeaders added;
  AppendTextMember("routeKey", call.route->key, out);
  AppendTextMember("rawPath", call.api.is_function_url() ? call.stage_path : DecodedPath(call),
                   out);
  AppendTextMember("rawQueryString", call.request.RawQuery(), out);
  const std::vector<std::string_view> cookies = Cookies(call);
  if (!cookies.empty()) {
    out += "\"cookies\":[";
    for (const std::string_view cookie : cookies) {
      AppendJsonText(cookie, out);
      out.push_back(',');
    }
    out.back() = ']';
    out.push_back(',');
  }
  AppendJoinedHeaders(MakeHeaders(call, added), out);
  AppendQuery(call, out);
  AppendContext(call, out);
}

}  // namespace

std::optional<std::string> DecodeHttpApiPath(std::string_view path) {
  if (path.find('%') == std::string_view::npos) return std::string(path);
  const auto is_hex = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
  };
  std::string once = PercentDecode(path);
  once = once.substr(0, once.find('?'));
  for (std::size_t at = once.find('%'); at != std::string::npos; at = once.find('%', at + 1)) {
    if (at + 2 >= once.size() || !is_hex(once[at + 1]) || !is_hex(once[at + 2]))
      return std::nullopt;
  }
  return PercentDecode(once);
}

std::string DecodedPath(const Call& call) {
  return DecodeHttpApiPath(call.stage_path).value_or(call.stage_path);
}

std::string BuildEventV2(const Call& call) {
  std::string out;
  out.reserve(3072 + call.request.body.size() * 2);
  out += "{\"version\":\"2.0\",";
  AppendRouteAndHeaders(call, out);
  AppendPathParameters(call, out);
  AppendStageVariables(call, out);
  const std::string& body = call.request.body;
  if (body.empty()) {
    out += "\"isBase64Encoded\":false}";
  } else if (IsTextMediaType(call.Header("content-type"))) {
    AppendTextMember("body", body, out);
    out += "\"isBase64Encoded\":false}";
  } else {
    out += "\"body\":\"" + Base64Encode(body) + "\",\"isBase64Encoded\":true}";
  }
  return out;
}

std::string BuildRequestAuthorizerEventV2(const Call& call, std::string_view route_arn,
                                          const std::vector<std::string>& identity_values) {
  std::string out = "{\"version\":\"2.0\",\"type\":\"REQUEST\",";
  AppendTextMember("routeArn", route_arn, out);
  out += "\"identitySource\":";
  if (identity_values.empty()) {
    out += "null,";
  } else {
    out.push_back('[');
    for (const std::string& value : identity_values) {
      AppendJsonText(value, out);
      out.push_back(',');
    }
    out.back() = ']';
    out.push_back(',');
  }
  AppendRouteAndHeaders(call, out);
  AppendPathParameters(call, out);
  AppendStageVariables(call, out);
  out.back() = '}';
  return out;
}

}  // namespace offstage::gateway
