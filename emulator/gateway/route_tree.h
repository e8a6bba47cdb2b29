// RouteTree: finds the route for a method and a path, at a cost that depends on the path's length,
// not on the number of routes.
#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace offstage::gateway {

// Parameter names and their values as they stand in the path (still percent-encoded), in the path's
// order. The views live as long as the path and the tree.
using PathParameters = std::vector<std::pair<std::string_view, std::string_view>>;

struct RouteMatch {
  // What was given to Add.
  std::size_t route = 0;
  PathParameters parameters = {};
};

// Thread-compatible: const calls from several threads are fine once filled.
class RouteTree {
 public:
  RouteTree();
  ~RouteTree();
  RouteTree(RouteTree&&) noexcept;
  RouteTree& operator=(RouteTree&&) noexcept;

  // `path` begins with '/'; a segment is literal, "{name}" or, as the last one, "{name+}". `method`
  // is upper case or "ANY". Fails for a path that API Gateway would refuse and for a pair given
  // twice.
  Status Add(std::string_view method, std::string_view path, std::size_t route);

  // Literal before {name} before {name+}, whatever the order of Add; an exact method before ANY. A
  // route is a pair of path and method: where a path fits but has no such method, the search goes
  // on (a {proxy+} elsewhere may take it). {name} takes one segment that is not empty, {name+} all
  // that is left, at least one character. `path` begins with '/'; trailing slashes are the caller's
  // affair.
  std::optional<RouteMatch> Find(std::string_view method, std::string_view path) const;

  // Methods that routes fitting the path have, in no particular order; for explanations.
  std::vector<std::string> MethodsFor(std::string_view path) const;

 private:
  struct Node;
  struct Search;
  std::unique_ptr<Node> root_;
};

}  // namespace offstage::gateway
