#include "gateway/http_proxy.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "gateway/event_v1.h"
#include "gateway/gateway_error.h"
#include "gateway/mapping_values.h"
#include "gateway/parameter_mapping.h"
#include "gateway/proxy_answer.h"

namespace offstage::gateway {

namespace {

struct Outgoing {
  http::Headers headers = {};
  std::vector<NamedValues> query = {};
  // HTTP APIs: replaces the URL's path.
  std::optional<std::string> path = {};
  std::vector<std::pair<std::string, std::string>> path_parameters = {};
};

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

}  // namespace

std::string UnsupportedHttpProxy(const HttpProxy& proxy, ApiKind kind) {
  return kind == ApiKind::kRest ? std::string()
                                : UnsupportedMappings(proxy.parameters, proxy.response_parameters);
}

http::Reply RunHttpProxy(Call& call, const HttpProxy& proxy, const Backends& backends,
                         IntegrationFacts& facts) {
  Outgoing out{.headers = HeadersToHandOn(call), .query = call.query};
  if (call.api.is_rest()) {
    if (std::optional<http::Reply> failed = ApplyRestMappings(call, proxy, out))
      return *std::move(failed);
  } else {
    ApplyRequestMappings(call, proxy.parameters, {out.headers, out.query, out.path});
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
  ApplyResponseMappings(call, proxy.response_parameters, *reply);
  return std::move(reply).value();
}

}  // namespace offstage::gateway
