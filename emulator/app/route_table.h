// The routes of a stack as `offstage routes` lists them, without running anything.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "template/stack.h"

namespace offstage::app {

struct RouteRow {
  // The API's logical id.
  std::string api;
  std::string method;
  // Below the server's URL.
  std::string path;
  // The function's path in the stack, or "mock".
  std::string function;
  // "", or what guards the route.
  std::string protection;
};

// Fails for what the gateway cannot serve at all (two routes of one method and path).
Result<std::vector<RouteRow>> ListRoutes(const templates::Stack& stack);

}  // namespace offstage::app
