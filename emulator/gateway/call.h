// Api: a compiled ApiConfig. Call: one request on its way through the gateway. Internal to
// gateway/.
#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/regex.h"
#include "base/result.h"
#include "gateway/api_config.h"
#include "gateway/json_schema.h"
#include "gateway/mappings.h"
#include "gateway/request_parts.h"
#include "gateway/route_tree.h"
#include "http/message.h"

namespace offstage::gateway {

// A route with all that can be worked out before the first request.
struct CompiledRoute {
  Route route = {};
  // Six characters per path (ten for the root), the same at every start.
  std::string resource_id = {};
  // "GET /users/{id}", "$default".
  std::string key = {};
  // By content type, from route.validation.
  std::map<std::string, JsonSchema> body_schemas = {};
  // Of a MappedIntegration.
  Mappings mappings = {};
  // The validation expression of the route's TOKEN authorizer, if it has one.
  std::optional<Regex> token_pattern = {};
  // Routes made for CORS are listed last.
  enum class Origin { kConfigured, kCors } origin = Origin::kConfigured;
};

// Thread-safe once made: nothing changes.
struct Api {
  ApiConfig config;
  std::vector<CompiledRoute> routes;
  RouteTree tree;
  // HTTP APIs: index of the route $default.
  std::optional<std::size_t> default_route;
  std::string deployment_id;
  // {id}.execute-api.{region}.amazonaws.com, {id}.lambda-url.{region}.on.aws
  std::string domain_name;
  // The JSON value of stageVariables: "null" or an object.
  std::string stage_variables_json;

  bool is_rest() const { return config.kind == ApiKind::kRest; }
  bool is_function_url() const { return config.kind == ApiKind::kFunctionUrl; }
  // "Prod", or empty for the stage $default, which has no path segment.
  std::string_view stage_segment() const {
    return config.stage == "$default" ? std::string_view() : std::string_view(config.stage);
  }
};

// Fails as Gateway::Create says. `warnings` gets what AWS would refuse at deployment but can be
// served.
Result<Api> CompileApi(ApiConfig config, std::vector<std::string>& warnings);

// Used only on its request's thread. Not copied or moved: views point into it.
struct Call {
  Call(const Api& the_api, const http::Request& the_request) : api(the_api), request(the_request) {}
  Call(const Call&) = delete;
  Call& operator=(const Call&) = delete;

  const Api& api;
  const http::Request& request;
  const CompiledRoute* route = nullptr;

  // "/users/1/": without the stage, leading slashes collapsed, still encoded.
  std::string path;
  // "/Prod//users/1/": with the stage, as the deployed API would have been asked.
  std::string stage_path;
  // Views into `path`.
  PathParameters parameters;
  std::vector<NamedValues> query;

  TimePoint time;
  std::string request_id;
  std::string extended_request_id;
  // "Root=1-...", and ";Parent=...;Sampled=..." of the client's or our own.
  std::string trace_root;
  std::string trace_rest;

  // Set by an authorizer: the JSON object of requestContext.authorizer; empty: none.
  std::string authorizer_json;
  // The key that the request was admitted with; null: none asked for.
  const ApiKey* api_key = nullptr;

  // Why the answer is what it is; goes to the log and x-offstage-explain.
  std::string explanation;

  std::string_view Header(std::string_view name) const { return request.headers.Get(name); }
  // requestContext.domainName.
  std::string_view Domain() const {
    return api.config.self_address == SelfAddress::kDeployed ? std::string_view(api.domain_name)
                                                             : Header("host");
  }
  // Adds to what is there.
  void Explain(std::string_view text) {
    if (!explanation.empty()) explanation += "; ";
    explanation += text;
  }
};

// "25/Nov/2026:12:00:00 +0000"
std::string ToRequestTime(TimePoint time);
// "Wed, 25 Nov 2026 12:00:00 GMT"
std::string ToHttpDate(TimePoint time);

}  // namespace offstage::gateway
