#include "app/route_table.h"

#include <fmt/format.h>

#include "app/provision/apis.h"
#include "base/clock.h"
#include "base/id.h"
#include "base/log.h"
#include "gateway/gateway.h"

namespace offstage::app {

namespace {

// Listing needs a gateway, which needs things to serve with that listing never uses.
class NoInvoker : public Invoker {
 public:
  InvokeResult Invoke(const InvokeRequest&) override { return {.status = InvokeStatus::kStopped}; }
};
class NoTraces : public TraceSink {
 public:
  void Record(Span) override {}
};

}  // namespace

std::string ApiLabel(const templates::Stack& stack, std::string_view api_id) {
  bool first = true;
  for (const templates::Api& api : stack.apis) {
    if (api.api_id == api_id) return first ? std::string() : api.logical_id;
    first = false;
  }
  for (const templates::Function& function : stack.functions) {
    if (!function.url) continue;
    if (function.url->url_id == api_id) return first ? std::string() : function.logical_id;
    first = false;
  }
  return {};
}

std::string RouteKey(const templates::Stack& stack, std::string_view api_id, std::string_view key) {
  const std::string label = ApiLabel(stack, api_id);
  return label.empty() ? std::string(key) : fmt::format("{} ({})", key, label);
}

Result<std::vector<RouteRow>> ListRoutes(const templates::Stack& stack) {
  std::vector<gateway::ApiConfig> apis = ToApiConfigs(stack);
  if (apis.empty()) return std::vector<RouteRow>();
  NoInvoker invoker;
  NoTraces traces;
  SystemClock clock;
  RandomIds ids;
  StderrLog log;
  OFFSTAGE_TRY(const auto gateway,
               gateway::Gateway::Create(std::move(apis), {invoker, clock, ids, log, traces}));
  std::vector<RouteRow> rows;
  for (const gateway::RouteListing& route : gateway->Routes()) {
    RouteRow row{
        .api = route.api_name,
        .method = route.method,
        .path = route.url_path,
        .path_in_api = route.path == "$default" ? "/" : route.path,
        .other_api = ApiLabel(stack, route.api_id),
        .key = RouteKey(stack, route.api_id,
                        route.path == "$default" ? route.path : route.method + " " + route.path),
        .function = route.target,
        .protection = route.protection};
    if (const templates::Function* function = stack.FindFunction(route.target))
      row.function = function->path;
    for (const templates::Api& api : stack.apis) {
      if (api.api_id == route.api_id) row.api = api.logical_id;
    }
    rows.push_back(std::move(row));
  }
  return rows;
}

}  // namespace offstage::app
