// Which API and which path a request means (rules: gateway.h).
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/call.h"

namespace offstage::gateway {

// The prefix under which every API is reachable: "/_apis/{id}/...".
inline constexpr std::string_view kApisPrefix = "/_apis/";

struct Located {
  // Null: no API of the id that the Host header or the prefix names.
  const Api* api = nullptr;
  // The path below the API's own URL, query excluded, still encoded; begins with '/'.
  std::string_view path = {};
  // The id asked for; empty when the first API was meant.
  std::string_view id = {};
};

// `apis` is not empty. The views live as long as the request.
Located LocateApi(const std::vector<std::unique_ptr<Api>>& apis, const http::Request& request);

// Fills path, stage_path, route and parameters of the call from the path below the API's URL.
// Leaves `route` null when no route fits; stage_path is then what the deployed API would have been
// asked.
void MatchRoute(Call& call, std::string_view path);

}  // namespace offstage::gateway
