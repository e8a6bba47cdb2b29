#include "gateway/call.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

#include "base/json.h"
#include "base/text.h"
#include "gateway/admission.h"
#include "gateway/http_proxy.h"
#include "gateway/parameter_mapping.h"

namespace offstage::gateway {

namespace {

constexpr std::array<std::string_view, 7> kMethods = {"DELETE", "GET",  "HEAD", "OPTIONS",
                                                      "PATCH",  "POST", "PUT"};
constexpr std::array<std::string_view, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
constexpr std::array<std::string_view, 7> kDays = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};

// FNV-1a, mixed once more so that neighbours differ in every digit: ids that look like the
// service's and stay the same at every start.
std::string StableId(std::string_view text, std::size_t length) {
  std::uint64_t hash = 14695981039346656037ULL;
  for (const char c : text) {
    hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
  }
  std::string id;
  for (std::size_t i = 0; i < length; ++i) {
    hash ^= hash >> 29;
    hash *= 0x9E3779B97F4A7C15ULL;
    id.push_back("abcdefghijklmnopqrstuvwxyz0123456789"[(hash >> 32) % 36]);
  }
  return id;
}

bool IsMethod(std::string_view method) {
  return method == "ANY" || std::find(kMethods.begin(), kMethods.end(), method) != kMethods.end();
}

// What SAM puts into Access-Control-Allow-Methods when `AllowMethods` is absent.
std::string MethodsOfPath(const std::vector<Route>& routes, std::string_view path) {
  std::set<std::string> methods = {"OPTIONS"};
  for (const Route& route : routes) {
    if (route.path != path) continue;
    if (route.method == "ANY") {
      methods.insert(kMethods.begin(), kMethods.end());
    } else {
      methods.insert(route.method);
    }
  }
  return Join({methods.begin(), methods.end()}, ",");
}

Route MakePreflightRoute(const ApiConfig& config, const std::string& path) {
  const RestCors& cors = *config.rest_cors;
  MockIntegration mock{.body = "{}\n"};
  mock.headers.Add("Access-Control-Allow-Origin", cors.allow_origin);
  if (!cors.allow_headers.empty()) {
    mock.headers.Add("Access-Control-Allow-Headers", cors.allow_headers);
  }
  mock.headers.Add("Access-Control-Allow-Methods", cors.allow_methods.empty()
                                                       ? MethodsOfPath(config.routes, path)
                                                       : cors.allow_methods);
  if (!cors.max_age.empty()) mock.headers.Add("Access-Control-Max-Age", cors.max_age);
  if (cors.credentials == RestCors::Credentials::kAllowed) {
    mock.headers.Add("Access-Control-Allow-Credentials", "true");
  }
  Route route{.method = "OPTIONS", .path = path, .integration = std::move(mock)};
  route.authorizer = cors.authorizer;
  return route;
}

std::vector<CompiledRoute> AllRoutes(const ApiConfig& config) {
  std::vector<CompiledRoute> routes;
  std::set<std::string> has_options;
  std::vector<std::string> paths;
  for (const Route& route : config.routes) {
    routes.push_back({.route = route});
    if (route.method == "OPTIONS") has_options.insert(route.path);
    if (std::find(paths.begin(), paths.end(), route.path) == paths.end()) {
      paths.push_back(route.path);
    }
  }
  if (config.kind != ApiKind::kRest || !config.rest_cors.has_value()) return routes;
  for (const std::string& path : paths) {
    if (has_options.contains(path)) continue;
    routes.push_back(
        {.route = MakePreflightRoute(config, path), .origin = CompiledRoute::Origin::kCors});
  }
  return routes;
}

// REST refuses two names for one position ("A sibling of this resource already has a variable path
// part"): the template could not be deployed.
void WarnOfRivalNames(const ApiConfig& config, std::vector<std::string>& warnings) {
  std::map<std::string, std::string> names;  // by the path in front of them
  for (const Route& route : config.routes) {
    std::size_t at = 0;
    while ((at = route.path.find('{', at)) != std::string::npos) {
      const std::size_t end = route.path.find('}', at);
      const std::string name = route.path.substr(at, end == std::string::npos ? end : end + 1 - at);
      const auto [place, is_new] = names.try_emplace(route.path.substr(0, at), name);
      if (!is_new && place->second != name) {
        warnings.push_back(
            fmt::format("API {}: {} and {} stand at the same place below {}; API Gateway refuses "
                        "such a REST API "
                        "at deployment: use one name",
                        config.name, place->second, name, place->first));
        place->second = name;
      }
      ++at;
    }
  }
}

std::string StageVariablesJson(const std::map<std::string, std::string>& variables) {
  if (variables.empty()) return "null";
  std::string out = "{";
  for (const auto& [name, value] : variables) {
    AppendJsonText(name, out);
    out.push_back(':');
    AppendJsonText(value, out);
    out.push_back(',');
  }
  out.back() = '}';
  return out;
}

// Why the integration cannot be served, or "".
std::string PrepareIntegration(const ApiConfig& config, CompiledRoute& compiled) {
  if (const auto* mapped = std::get_if<MappedIntegration>(&compiled.route.integration))
    return PrepareMappings(*mapped, compiled.mappings);
  if (const auto* proxy = std::get_if<HttpProxy>(&compiled.route.integration))
    return UnsupportedHttpProxy(*proxy, config.kind);
  if (const auto* proxy = std::get_if<LambdaProxy>(&compiled.route.integration))
    return UnsupportedMappings(proxy->parameters, proxy->response_parameters);
  return {};
}

// A REST resource has no name after its last slash: templates may write one, requests with and
// without it reach the same resource (serverless-patterns' apigw-usage-plans).
void DropLastSlashes(ApiConfig& config, std::vector<std::string>& warnings) {
  std::set<std::pair<std::string, std::string>> taken;
  for (const Route& route : config.routes) {
    if (!route.path.ends_with('/')) taken.emplace(route.method, route.path);
  }
  std::vector<Route> kept;
  for (Route& route : config.routes) {
    const bool slash = route.path.size() > 1 && route.path.ends_with('/');
    while (route.path.size() > 1 && route.path.ends_with('/'))
      route.path.pop_back();
    if (slash && !taken.emplace(route.method, route.path).second) {
      warnings.push_back(
          fmt::format("API {}: {} {} is there twice, with and without a slash at its end; the one "
                      "with it is not served",
                      config.name, route.method, route.path));
    } else {
      kept.push_back(std::move(route));
    }
  }
  config.routes = std::move(kept);
}

Status AddRoute(Api& api, std::size_t index) {
  CompiledRoute& compiled = api.routes[index];
  Route& route = compiled.route;
  compiled.resource_id = StableId(api.config.id + route.path, route.path == "/" ? 10 : 6);
  if (route.refused.empty()) route.refused = PrepareProtection(api.config, compiled);
  if (route.refused.empty()) route.refused = PrepareIntegration(api.config, compiled);
  if (!api.is_rest() && route.path == "$default") {
    compiled.key = "$default";
    if (api.default_route.has_value()) return Fail(Error{"route $default is there twice"});
    api.default_route = index;
    return Ok();
  }
  compiled.key = route.method + " " + route.path;
  if (!IsMethod(route.method)) {
    return Fail(
        Error{fmt::format("route {}: API Gateway knows no method {}", compiled.key, route.method)});
  }
  return api.tree.Add(route.method, route.path, index);
}

struct CalendarTime {
  std::chrono::year_month_day date;
  std::chrono::hh_mm_ss<std::chrono::seconds> time;
  unsigned weekday = 0;
};

CalendarTime ToCalendar(TimePoint time) {
  const auto days = std::chrono::floor<std::chrono::days>(time);
  const auto rest = std::chrono::floor<std::chrono::seconds>(time - days);
  return {.date = std::chrono::year_month_day(days),
          .time = std::chrono::hh_mm_ss<std::chrono::seconds>(rest),
          .weekday = std::chrono::weekday(days).c_encoding()};
}

}  // namespace

Result<Api> CompileApi(ApiConfig config, std::vector<std::string>& warnings) {
  Api api;
  api.config = std::move(config);
  if (api.is_rest()) DropLastSlashes(api.config, warnings);
  api.routes = AllRoutes(api.config);
  for (std::size_t i = 0; i < api.routes.size(); ++i) {
    const Status added = AddRoute(api, i);
    if (!added.ok()) {
      return Fail(Error{fmt::format("API {}: {}", api.config.name, added.error().message)});
    }
  }
  if (api.is_rest()) WarnOfRivalNames(api.config, warnings);
  api.deployment_id = StableId(api.config.id + " deployment", 6);
  api.domain_name =
      api.is_function_url()
          ? fmt::format("{}.lambda-url.{}.on.aws", api.config.id, api.config.region)
          : fmt::format("{}.execute-api.{}.amazonaws.com", api.config.id, api.config.region);
  api.stage_variables_json = StageVariablesJson(api.config.stage_variables);
  return api;
}

std::string ToRequestTime(TimePoint time) {
  const CalendarTime c = ToCalendar(time);
  return fmt::format("{:02}/{}/{:04}:{:02}:{:02}:{:02} +0000", static_cast<unsigned>(c.date.day()),
                     kMonths[static_cast<unsigned>(c.date.month()) - 1],
                     static_cast<int>(c.date.year()), c.time.hours().count(),
                     c.time.minutes().count(), c.time.seconds().count());
}

std::string ToHttpDate(TimePoint time) {
  const CalendarTime c = ToCalendar(time);
  return fmt::format("{}, {:02} {} {:04} {:02}:{:02}:{:02} GMT", kDays[c.weekday],
                     static_cast<unsigned>(c.date.day()),
                     kMonths[static_cast<unsigned>(c.date.month()) - 1],
                     static_cast<int>(c.date.year()), c.time.hours().count(),
                     c.time.minutes().count(), c.time.seconds().count());
}

}  // namespace offstage::gateway
