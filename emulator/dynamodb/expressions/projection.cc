#include "dynamodb/expressions/projection.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "dynamodb/expressions/cached_parse.h"
#include "dynamodb/expressions/operand.h"
#include "dynamodb/expressions/parser.h"
#include "dynamodb/value/invalid.h"

namespace offstage::dynamodb {

namespace {

using Paths = std::vector<const Path*>;

std::optional<AttributeValue> Cut(const AttributeValue& value, const Paths& paths,
                                  std::size_t depth);

// The paths that go on from here, grouped by their next step.
std::vector<std::pair<const PathStep*, Paths>> GroupByStep(const Paths& paths, std::size_t depth) {
  std::vector<std::pair<const PathStep*, Paths>> groups;
  for (const Path* path : paths) {
    const PathStep& step = path->steps[depth];
    const auto group = std::find_if(groups.begin(), groups.end(),
                                    [&step](const auto& entry) { return *entry.first == step; });
    if (group != groups.end()) {
      group->second.push_back(path);
    } else {
      groups.push_back({&step, {path}});
    }
  }
  return groups;
}

std::optional<AttributeValue> CutMap(const Item& map, const Paths& paths, std::size_t depth) {
  Item kept;
  for (const auto& [step, group] : GroupByStep(paths, depth)) {
    const auto* name = std::get_if<std::string>(step);
    const AttributeValue* member = name == nullptr ? nullptr : map.Find(*name);
    if (member == nullptr) continue;
    std::optional<AttributeValue> part = Cut(*member, group, depth + 1);
    if (part) kept.Set(*name, *std::move(part));
  }
  if (kept.empty()) return std::nullopt;
  return AttributeValue::Map(std::move(kept));
}

std::optional<AttributeValue> CutList(const AttributeList& list, const Paths& paths,
                                      std::size_t depth) {
  auto groups = GroupByStep(paths, depth);
  std::sort(groups.begin(), groups.end(),
            [](const auto& a, const auto& b) { return *a.first < *b.first; });
  AttributeList kept;
  for (const auto& [step, group] : groups) {
    const auto* index = std::get_if<std::size_t>(step);
    if (index == nullptr || *index >= list.size()) continue;
    std::optional<AttributeValue> part = Cut(list[*index], group, depth + 1);
    if (part) kept.push_back(*std::move(part));
  }
  if (kept.empty()) return std::nullopt;
  return AttributeValue::List(std::move(kept));
}

// What the paths leave of `value`; paths do not overlap, so one that ends here is alone.
std::optional<AttributeValue> Cut(const AttributeValue& value, const Paths& paths,
                                  std::size_t depth) {
  if (paths.front()->steps.size() == depth) return value;
  if (value.is_map()) return CutMap(value.map(), paths, depth);
  if (value.is_list()) return CutList(value.list(), paths, depth);
  return std::nullopt;
}

}  // namespace

aws::Outcome<Projection> Projection::Compile(std::string_view text, Placeholders& placeholders,
                                             ExpressionCache* cache) {
  const auto parsed = ParseCached('p', text, cache, &ParseProjection);
  std::string error = parsed->error;
  std::vector<Path> paths;
  for (const PathSyntax& syntax : parsed->tree) {
    if (!error.empty()) break;
    auto path = ResolvePath(syntax, placeholders);
    if (path.ok()) {
      paths.push_back(std::move(path).value());
    } else {
      error = path.error();
    }
  }
  if (error.empty()) error = OverlapText(paths);
  if (!error.empty()) return Invalid(fmt::format("Invalid ProjectionExpression: {}", error));
  return OfPaths(std::move(paths));
}

Projection Projection::OfAttributes(std::vector<std::string> names) {
  std::vector<Path> paths;
  for (std::string& name : names)
    paths.push_back({{std::move(name)}});
  return OfPaths(std::move(paths));
}

Projection Projection::OfPaths(std::vector<Path> paths) {
  Projection projection;
  projection.paths_ = std::move(paths);
  projection.whole_attributes_ =
      std::all_of(projection.paths_.begin(), projection.paths_.end(),
                  [](const Path& path) { return path.steps.size() == 1; });
  return projection;
}

Item Projection::Apply(const Item& item) const {
  Item kept;
  if (whole_attributes_) {
    for (const Path& path : paths_) {
      const AttributeValue* value = item.Find(path.attribute());
      if (value != nullptr) kept.Set(path.attribute(), *value);
    }
    return kept;
  }
  Paths paths;
  for (const Path& path : paths_)
    paths.push_back(&path);
  std::optional<AttributeValue> map = CutMap(item, paths, 0);
  if (map) kept = std::move(map->map());
  return kept;
}

std::vector<std::string> Projection::AttributeNames() const {
  std::vector<std::string> names;
  for (const Path& path : paths_) {
    const std::string& name = path.attribute();
    if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
  }
  return names;
}

std::vector<std::string> Projection::NestedAttributeNames() const {
  std::vector<std::string> names;
  if (whole_attributes_) return names;
  for (const Path& path : paths_) {
    if (path.steps.size() > 1) names.push_back(path.attribute());
  }
  return names;
}

}  // namespace offstage::dynamodb
