#include "gateway/http_proxy.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "base/text.h"
#include "gateway/event_v1.h"
#include "gateway/gateway_error.h"
#include "gateway/mapping_values.h"
#include "gateway/proxy_answer.h"
#include "gateway/vtl/json_path.h"

namespace offstage::gateway {

namespace {

// "overwrite:header.x" in parts.
struct Change {
  std::string action = {};
  std::string place = {};
  std::string name = {};
};

std::optional<Change> ParseChange(std::string_view key) {
  const std::size_t colon = key.find(':');
  if (colon == std::string_view::npos) return std::nullopt;
  const std::string_view target = key.substr(colon + 1);
  const std::size_t dot = target.find('.');
  Change change{
      std::string(key.substr(0, colon)), std::string(target.substr(0, dot)),
      dot == std::string_view::npos ? std::string() : std::string(target.substr(dot + 1))};
  const bool action =
      change.action == "append" || change.action == "overwrite" || change.action == "remove";
  const bool named =
      (change.place == "header" || change.place == "querystring") && !change.name.empty();
  const bool whole =
      (change.place == "path" || change.place == "statuscode") && change.action == "overwrite";
  if (!action || (!named && !whole)) return std::nullopt;
  return change;
}

std::optional<std::string> FromAnswer(const http::Reply& answer, std::string_view name) {
  if (name.starts_with("header.")) {
    const std::string* found = answer.headers.Find(name.substr(7));
    return found == nullptr ? std::nullopt : std::optional(*found);
  }
  const auto body = vtl::ParseJsonValue(answer.body);
  if (!name.starts_with("body.") || !body.ok()) return std::nullopt;
  const auto found = vtl::FindByPath(*body, fmt::format("${}", name.substr(4)));
  if (!found.ok() || found->IsNull()) return std::nullopt;
  return vtl::ToText(*found);
}

// One "$request.header.x"; `answer` is null on the way to the backend.
std::optional<std::string> Selected(const Call& call, std::string_view name,
                                    const http::Reply* answer) {
  const auto after = [name](std::string_view prefix) {
    return name.starts_with(prefix) ? std::optional(name.substr(prefix.size())) : std::nullopt;
  };
  if (const auto header = after("request.header.")) {
    const std::vector<std::string_view> values = call.request.headers.GetAll(*header);
    if (values.empty()) return std::nullopt;
    return Join({values.begin(), values.end()}, ",");
  }
  if (const auto query = after("request.querystring.")) {
    const NamedValues* found = FindParameter(call.query, *query);
    return found == nullptr ? std::nullopt : std::optional(Join(found->values, ","));
  }
  if (name == "request.path") return call.path;
  if (const auto parameter = after("request.path.")) {
    for (const auto& [key, value] : call.parameters) {
      if (key == *parameter) return PercentDecode(value);
    }
    return std::nullopt;
  }
  if (const auto path = after("request.body.")) {
    const auto body = vtl::ParseJsonValue(call.request.body);
    if (!body.ok()) return std::nullopt;
    const auto found = vtl::FindByPath(*body, fmt::format("$.{}", *path));
    if (!found.ok() || found->IsNull()) return std::nullopt;
    return vtl::ToText(*found);
  }
  if (const auto part = after("response.")) {
    return answer == nullptr ? std::nullopt : FromAnswer(*answer, *part);
  }
  return CommonSource(call, name);
}

// "$request.header.a", "text" or "${request.path.x}-${stageVariables.y}".
std::string Evaluate(const Call& call, const std::string& written, const http::Reply* answer) {
  if (written.starts_with('$') && !written.starts_with("${"))
    return Selected(call, std::string_view(written).substr(1), answer).value_or("");
  std::string out;
  std::size_t at = 0;
  while (at < written.size()) {
    const std::size_t open = std::min(written.find("${", at), written.size());
    out.append(written, at, open - at);
    const std::size_t close = written.find('}', open);
    if (open == written.size() || close == std::string::npos) {
      out.append(written, open);
      break;
    }
    const std::string_view name = std::string_view(written).substr(open + 2, close - open - 2);
    out += Selected(call, name, answer).value_or("");
    at = close + 1;
  }
  return out;
}

void ChangeHeader(const Change& change, std::string value, http::Headers& headers) {
  if (change.action != "append") headers.Remove(change.name);
  if (change.action != "remove") headers.Add(change.name, std::move(value));
}

struct Outgoing {
  http::Headers headers = {};
  std::vector<NamedValues> query = {};
  // HTTP APIs: replaces the URL's path.
  std::optional<std::string> path = {};
  std::vector<std::pair<std::string, std::string>> path_parameters = {};
};

void ApplyHttpApiMappings(const Call& call, const HttpProxy& proxy, Outgoing& out) {
  for (const auto& [key, written] : proxy.parameters) {
    const std::optional<Change> change = ParseChange(key);
    if (!change.has_value()) continue;  // refused at the start
    std::string value = Evaluate(call, written, nullptr);
    if (change->place == "path") {
      out.path = std::move(value);
    } else if (change->place == "header") {
      ChangeHeader(*change, std::move(value), out.headers);
    } else {
      const std::string& name = change->name;
      if (change->action != "append")
        std::erase_if(out.query, [&name](const NamedValues& q) { return q.name == name; });
      if (change->action != "remove") out.query.push_back({name, {std::move(value)}});
    }
  }
}

// Recorded: test_http_proxy_integration_request_data_mappings: mapped headers replace the client's,
// mapped query values stand beside them.
std::optional<http::Reply> ApplyRestMappings(Call& call, const HttpProxy& proxy, Outgoing& out) {
  auto mapped = MapRequestParameters(call, proxy.parameters);
  if (!mapped.ok()) {
    call.Explain(mapped.error().message);
    return MakeRestError(error::kBadRequestParameters, call.api.config,
                         "Invalid JSON in request body");
  }
  for (const MappedParameter& parameter : *mapped) {
    switch (parameter.place) {
      case MappedParameter::Place::kHeader:
        out.headers.Set(parameter.name, Join(parameter.values, ","));
        break;
      case MappedParameter::Place::kPath:
        out.path_parameters.emplace_back(parameter.name, parameter.values.back());
        break;
      case MappedParameter::Place::kQuery:
        const auto found = std::find_if(
            out.query.begin(), out.query.end(),
            [&parameter](const NamedValues& other) { return other.name == parameter.name; });
        if (found == out.query.end()) {
          out.query.push_back({parameter.name, parameter.values});
        } else {
          found->values.insert(found->values.end(), parameter.values.begin(),
                               parameter.values.end());
        }
    }
  }
  return std::nullopt;
}

http::Headers HeadersToHandOn(const Call& call) {
  http::Headers headers;
  for (const auto& [name, value] : call.request.headers) {
    const bool dropped = IsDroppedFromRequest(name) || EqualsIgnoreCase(name, "host") ||
                         EqualsIgnoreCase(name, "via") ||
                         (call.api.is_rest() && EqualsIgnoreCase(name, "content-encoding"));
    if (!dropped) headers.Add(name, value);
  }
  return headers;
}

std::string MakeUrl(const Call& call, const HttpProxy& proxy, const Outgoing& out) {
  std::string url = FillStageVariables(call, proxy.url);
  for (const auto& [name, value] : out.path_parameters)
    url = ReplaceAll(std::move(url), "{" + name + "}", value);
  if (!call.api.is_rest()) {
    for (const auto& [name, value] : call.parameters)
      url = ReplaceAll(std::move(url), fmt::format("{{{}}}", name), value);
  }
  if (out.path.has_value()) {
    const std::size_t start = url.find('/', std::min(url.find("://") + 3, url.size()));
    url = url.substr(0, start) + (out.path->starts_with('/') ? "" : "/") + *out.path;
  }
  return WithQuery(std::move(url), out.query);
}

void ApplyResponseMappings(const Call& call, const HttpProxy& proxy, http::Reply& reply) {
  const auto found = proxy.response_parameters.find(std::to_string(reply.status));
  if (found == proxy.response_parameters.end()) return;
  const http::Reply answer = reply;
  for (const auto& [key, written] : found->second) {
    const std::optional<Change> change = ParseChange(key);
    if (!change.has_value()) continue;  // refused at the start
    std::string value = Evaluate(call, written, &answer);
    if (change->place == "header") {
      ChangeHeader(*change, std::move(value), reply.headers);
    } else if (change->place == "statuscode") {
      int status = 0;
      const auto parsed = std::from_chars(value.data(), value.data() + value.size(), status);
      if (parsed.ec == std::errc() && status >= 100 && status < 600) reply.status = status;
    }
  }
}

}  // namespace

std::string UnsupportedHttpProxy(const HttpProxy& proxy, ApiKind kind) {
  if (kind == ApiKind::kRest) return {};
  std::vector<std::string> keys;
  for (const auto& [key, value] : proxy.parameters)
    keys.push_back(key);
  for (const auto& [status, pairs] : proxy.response_parameters) {
    for (const auto& [key, value] : pairs)
      keys.push_back(key);
  }
  for (const std::string& key : keys) {
    if (!ParseChange(key).has_value())
      return fmt::format("its parameter mapping {} is not understood", key);
  }
  return {};
}

http::Reply RunHttpProxy(Call& call, const HttpProxy& proxy, const Backends& backends,
                         IntegrationFacts& facts) {
  Outgoing out{.headers = HeadersToHandOn(call), .query = call.query};
  if (call.api.is_rest()) {
    if (std::optional<http::Reply> failed = ApplyRestMappings(call, proxy, out))
      return *std::move(failed);
  } else {
    ApplyHttpApiMappings(call, proxy, out);
    out.headers.Add("via", "HTTP/1.1 AmazonAPIGateway");
    out.headers.Add("forwarded",
                    fmt::format("by={};for={};host={};proto=https", call.request.remote_address,
                                call.request.remote_address, call.Domain()));
  }
  const std::string url = MakeUrl(call, proxy, out);
  http::Request request;
  const bool own = proxy.method.empty() || proxy.method == "ANY";
  request.method = own ? call.request.method : proxy.method;
  request.headers = std::move(out.headers);
  AddGatewayHeaders(call, request.headers);
  request.body = call.request.body;
  const std::chrono::milliseconds fallback =
      call.api.is_rest() ? std::chrono::seconds(29) : std::chrono::seconds(30);
  auto reply = backends.http.Send(url, std::move(request),
                                  proxy.timeout.count() > 0 ? proxy.timeout : fallback);
  facts.invoked = true;
  if (!reply.ok()) return FailedHttp(call, url, reply.error());
  reply->headers = RemapHeaders(reply->headers);
  ApplyResponseMappings(call, proxy, *reply);
  return std::move(reply).value();
}

}  // namespace offstage::gateway
