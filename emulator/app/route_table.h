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
  // Below the API's own.
  std::string path_in_api;
  // The API's label; see ApiLabel.
  std::string other_api;
  // As RouteKey names it.
  std::string key;
  // The function's path in the stack, or "mock".
  std::string function;
  // "", or what guards the route.
  std::string protection;
};

// Fails for what the gateway cannot serve at all (two routes of one method and path).
Result<std::vector<RouteRow>> ListRoutes(const templates::Stack& stack);

// Whose routes the API (or function URL) with this id has: a logical id; empty for the stack's
// first API, which needs no name.
std::string ApiLabel(const templates::Stack& stack, std::string_view api_id);

// "GET /users/{id}" with the API's label behind it, "GET /users/{id} (SecondApi)": the same from
// run to run, whatever ids the APIs have got. `key`: the gateway's, "$default" for a default route.
std::string RouteKey(const templates::Stack& stack, std::string_view api_id, std::string_view key);

}  // namespace offstage::app
