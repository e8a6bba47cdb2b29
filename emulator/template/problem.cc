#include "template/problem.h"

#include "base/text.h"
#include "template/reader.h"

namespace offstage::templates {

Error Problem::ToError(std::string_view path) const {
  if (position.file == nullptr) {
    return {path.empty() ? message : fmt::format("{}: {}", path, message)};
  }
  return ErrorAt(position, path.empty() ? message : fmt::format("{}: {}", path, message));
}

std::string Suggest(std::string_view name, const std::vector<std::string>& candidates) {
  if (const auto nearest = NearestName(name, candidates)) {
    return fmt::format("'{}'; did you mean '{}'?", name, *nearest);
  }
  if (candidates.empty() || candidates.size() > 12) {
    return fmt::format("'{}'", name);
  }
  return fmt::format("'{}'; there are: {}", name, Join(candidates, ", "));
}

}  // namespace offstage::templates
