#include "dynamodb/expressions/path.h"

#include <fmt/format.h>

namespace offstage::dynamodb {

const AttributeValue* Resolve(const Path& path, const Item& item) {
  const AttributeValue* value = item.Find(path.attribute());
  for (std::size_t i = 1; i < path.steps.size() && value != nullptr; ++i) {
    if (const auto* name = std::get_if<std::string>(&path.steps[i])) {
      value = value->is_map() ? value->map().Find(*name) : nullptr;
      continue;
    }
    const std::size_t index = std::get<std::size_t>(path.steps[i]);
    value = value->is_list() && index < value->list().size() ? &value->list()[index] : nullptr;
  }
  return value;
}

std::string PathText(const Path& path) {
  std::string text = "[";
  for (const PathStep& step : path.steps) {
    if (text.size() > 1) text += ", ";
    if (const auto* name = std::get_if<std::string>(&step)) {
      text += *name;
    } else {
      text += fmt::format("[{}]", std::get<std::size_t>(step));
    }
  }
  text += ']';
  return text;
}

std::string OverlapText(const std::vector<Path>& paths) {
  for (std::size_t second = 1; second < paths.size(); ++second) {
    for (std::size_t first = 0; first < second; ++first) {
      const std::vector<PathStep>& a = paths[first].steps;
      const std::vector<PathStep>& b = paths[second].steps;
      std::size_t same = 0;
      while (same < a.size() && same < b.size() && a[same] == b[same])
        ++same;
      const bool overlap = same == a.size() || same == b.size();
      if (!overlap && a[same].index() == b[same].index()) continue;
      return fmt::format(
          "Two document paths {} with each other; must remove or rewrite one of these paths; path "
          "one: {}, path two: {}",
          overlap ? "overlap" : "conflict", PathText(paths[first]), PathText(paths[second]));
    }
  }
  return {};
}

}  // namespace offstage::dynamodb
