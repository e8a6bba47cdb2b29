#include "gateway/locate.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace offstage::gateway {

namespace {

const Api* FindApi(const std::vector<std::unique_ptr<Api>>& apis, std::string_view id) {
  const auto found = std::find_if(apis.begin(), apis.end(), [id](const std::unique_ptr<Api>& api) {
    return EqualsIgnoreCase(api->config.id, id);
  });
  return found == apis.end() ? nullptr : found->get();
}

// "http://host/path" (absolute-form, as proxies are asked) gives "/path".
std::string_view WithoutAuthority(std::string_view path) {
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (!EqualsIgnoreCase(path.substr(0, scheme.size()), scheme)) continue;
    const std::size_t slash = path.find('/', scheme.size());
    return slash == std::string_view::npos ? "/" : path.substr(slash);
  }
  return path;
}

std::string_view WithoutLeadingSlashes(std::string_view path) {
  const std::size_t first = path.find_first_not_of('/');
  return first == std::string_view::npos ? std::string_view() : path.substr(first);
}

// API Gateway knows these seven; ANY stands for exactly them.
bool IsKnownMethod(std::string_view method) {
  static constexpr std::array<std::string_view, 7> kMethods = {"DELETE", "GET",  "HEAD", "OPTIONS",
                                                               "PATCH",  "POST", "PUT"};
  return std::find(kMethods.begin(), kMethods.end(), method) != kMethods.end();
}

// Tries one reading of the path: `rest` is what follows the stage, with its slashes.
bool TryPath(Call& call, std::string_view rest) {
  const Api& api = call.api;
  call.path = "/" + std::string(WithoutLeadingSlashes(rest));
  call.route = nullptr;
  if (!IsKnownMethod(call.request.method)) return false;
  std::string_view wanted = call.path;
  if (api.is_rest()) {
    // A trailing slash stays in the event's path but does not count (recorded:
    // test_lambda_aws_proxy_integration).
    while (wanted.size() > 1 && wanted.back() == '/')
      wanted.remove_suffix(1);
  }
  auto match = api.tree.Find(call.request.method, wanted);
  if (!match.has_value()) return false;
  call.route = &api.routes[match->route];
  call.parameters = std::move(match->parameters);
  return true;
}

}  // namespace

Located LocateApi(const std::vector<std::unique_ptr<Api>>& apis, const http::Request& request) {
  Located located{.api = apis.front().get(), .path = WithoutAuthority(request.RawPath()), .id = {}};
  if (located.path.starts_with(kApisPrefix)) {
    const std::string_view rest = located.path.substr(kApisPrefix.size());
    const std::size_t slash = std::min(rest.find('/'), rest.size());
    located.id = rest.substr(0, slash);
    located.path = slash == rest.size() ? "/" : rest.substr(slash);
    located.api = FindApi(apis, located.id);
    return located;
  }
  const std::string_view host = request.headers.Get("host");
  const std::size_t dot = host.find('.');
  if (dot != std::string_view::npos && (host.substr(dot).starts_with(".execute-api.") ||
                                        host.substr(dot).starts_with(".lambda-url."))) {
    located.id = host.substr(0, dot);
    located.api = FindApi(apis, located.id);
  }
  return located;
}

void MatchRoute(Call& call, std::string_view path) {
  const std::string_view stage = call.api.stage_segment();
  const std::string_view whole = path.starts_with('/') ? path : std::string_view("/");
  if (stage.empty()) {
    call.stage_path = whole;
    if (TryPath(call, whole)) return;
  } else {
    const std::string_view segments = WithoutLeadingSlashes(whole);
    const std::string_view first = segments.substr(0, segments.find('/'));
    std::string with_stage = "/" + std::string(stage) + std::string(whole);
    if (first == stage) {
      call.stage_path = "/" + std::string(segments);
      const std::string_view rest = segments.substr(first.size());
      if (TryPath(call, rest)) return;
      // Only for routes that begin with the stage's name themselves: a greedy route must not take
      // what it would not get deployed.
      const std::string own = "/" + std::string(stage);
      if (TryPath(call, whole) && (call.route->route.path + "/").starts_with(own + "/")) {
        call.stage_path = std::move(with_stage);
        return;
      }
      call.route = nullptr;
      call.parameters.clear();
      call.path = "/" + std::string(WithoutLeadingSlashes(rest));
    } else {
      call.stage_path = std::move(with_stage);
      if (TryPath(call, whole)) return;
    }
  }
  if (call.api.default_route.has_value()) {
    call.route = &call.api.routes[*call.api.default_route];
    call.parameters.clear();
  }
}

}  // namespace offstage::gateway
