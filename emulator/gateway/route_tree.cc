#include "gateway/route_tree.h"

#include <fmt/format.h>

#include <functional>
#include <unordered_map>

#include "base/text.h"

namespace offstage::gateway {

namespace {

struct TextHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const {
    return std::hash<std::string_view>()(text);
  }
};

struct Endpoint {
  std::size_t route = 0;
  // In the path's order: two routes may name the same position differently.
  std::vector<std::string> names;
};

using Endpoints = std::unordered_map<std::string, Endpoint, TextHash, std::equal_to<>>;

enum class SegmentKind { kLiteral, kParameter, kGreedy };

struct Segment {
  SegmentKind kind = SegmentKind::kLiteral;
  std::string_view text;
};

// "A path parameter must be a whole segment": api-gateway-known-issues and SAM's own check.
Result<Segment> ParseSegment(std::string_view text, std::string_view path) {
  const bool open = text.find('{') != std::string_view::npos;
  const bool close = text.find('}') != std::string_view::npos;
  if (!open && !close) return Segment{SegmentKind::kLiteral, text};
  const std::string_view inner = text.size() > 2 && text.front() == '{' && text.back() == '}'
                                     ? text.substr(1, text.size() - 2)
                                     : std::string_view();
  const bool greedy = !inner.empty() && inner.back() == '+';
  const std::string_view name = greedy ? inner.substr(0, inner.size() - 1) : inner;
  if (name.empty() || name.find_first_of("{}+") != std::string_view::npos) {
    return Fail(Error{fmt::format(
        "route path {}: a parameter must be a whole segment, {{name}} or {{name+}}", path)});
  }
  return Segment{greedy ? SegmentKind::kGreedy : SegmentKind::kParameter, name};
}

Result<std::vector<Segment>> ParsePath(std::string_view path) {
  if (path.empty() || path.front() != '/') {
    return Fail(Error{fmt::format("route path {}: must begin with /", path)});
  }
  std::vector<Segment> segments;
  if (path == "/") return segments;
  for (const std::string_view text : Split(path.substr(1), '/')) {
    if (!segments.empty() && segments.back().kind == SegmentKind::kGreedy) {
      return Fail(Error{
          fmt::format("route path {}: nothing may follow {{{}+}}", path, segments.back().text)});
    }
    OFFSTAGE_TRY(const Segment segment, ParseSegment(text, path));
    segments.push_back(segment);
  }
  return segments;
}

const Endpoint* Pick(const Endpoints& endpoints, std::string_view method) {
  auto found = endpoints.find(method);
  if (found == endpoints.end()) found = endpoints.find(std::string_view("ANY"));
  return found == endpoints.end() ? nullptr : &found->second;
}

}  // namespace

struct RouteTree::Node {
  std::unordered_map<std::string, std::unique_ptr<Node>, TextHash, std::equal_to<>> literals;
  std::unique_ptr<Node> parameter;
  Endpoints here;    // routes that end at this node
  Endpoints greedy;  // routes whose next and last segment is {name+}
};

// A depth-first walk. The tree has no shared nodes, so each is visited at most once, whatever the
// path: the cost is bounded by the number of routes even for the worst set of them.
struct RouteTree::Search {
  std::string_view path;
  std::vector<std::string_view> values = {};
  // Decides at a full match; true ends the search.
  std::function<bool(const Endpoints&)> accept = {};

  // `start` is the offset of the next segment; past the end: no segment is left.
  bool Visit(const Node& node, std::size_t start) {
    if (start > path.size()) return !node.here.empty() && accept(node.here);
    const std::size_t slash = path.find('/', start);
    const std::size_t end = slash == std::string_view::npos ? path.size() : slash;
    const std::string_view segment = path.substr(start, end - start);
    const auto literal = node.literals.find(segment);
    if (literal != node.literals.end() && Visit(*literal->second, end + 1)) return true;
    if (node.parameter != nullptr && !segment.empty()) {
      values.push_back(segment);
      if (Visit(*node.parameter, end + 1)) return true;
      values.pop_back();
    }
    if (node.greedy.empty() || start == path.size()) return false;
    values.push_back(path.substr(start));
    if (accept(node.greedy)) return true;
    values.pop_back();
    return false;
  }

  bool Run(const Node& root) { return Visit(root, path == "/" ? 2 : 1); }
};

RouteTree::RouteTree() : root_(std::make_unique<Node>()) {}
RouteTree::~RouteTree() = default;
RouteTree::RouteTree(RouteTree&&) noexcept = default;
RouteTree& RouteTree::operator=(RouteTree&&) noexcept = default;

Status RouteTree::Add(std::string_view method, std::string_view path, std::size_t route) {
  OFFSTAGE_TRY(const std::vector<Segment> segments, ParsePath(path));
  Endpoint endpoint{.route = route, .names = {}};
  Node* node = root_.get();
  Endpoints* target = nullptr;
  for (const Segment& segment : segments) {
    if (segment.kind != SegmentKind::kLiteral) endpoint.names.emplace_back(segment.text);
    if (segment.kind == SegmentKind::kGreedy) {
      target = &node->greedy;
      break;
    }
    std::unique_ptr<Node>& next = segment.kind == SegmentKind::kParameter
                                      ? node->parameter
                                      : node->literals[std::string(segment.text)];
    if (next == nullptr) next = std::make_unique<Node>();
    node = next.get();
  }
  if (target == nullptr) target = &node->here;
  if (!target->emplace(std::string(method), std::move(endpoint)).second) {
    return Fail(Error{fmt::format("route {} {} is there twice", method, path)});
  }
  return Ok();
}

std::optional<RouteMatch> RouteTree::Find(std::string_view method, std::string_view path) const {
  const Endpoint* chosen = nullptr;
  Search search{.path = path};
  search.accept = [&chosen, method](const Endpoints& endpoints) {
    chosen = Pick(endpoints, method);
    return chosen != nullptr;
  };
  if (!search.Run(*root_)) return std::nullopt;
  RouteMatch match{.route = chosen->route, .parameters = {}};
  match.parameters.reserve(search.values.size());
  for (std::size_t i = 0; i < search.values.size(); ++i) {
    match.parameters.emplace_back(chosen->names[i], search.values[i]);
  }
  return match;
}

std::vector<std::string> RouteTree::MethodsFor(std::string_view path) const {
  std::vector<std::string> methods;
  Search search{.path = path};
  search.accept = [&methods](const Endpoints& endpoints) {
    for (const auto& [method, endpoint] : endpoints)
      methods.push_back(method);
    return false;
  };
  search.Run(*root_);
  return methods;
}

}  // namespace offstage::gateway
