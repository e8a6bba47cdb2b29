#include "scenario/examples.h"

#include "base/text.h"

namespace offstage::scenario {

namespace {

constexpr std::size_t kMaxScenariosOfOne = 1000;

std::string ShortValue(const Node& value) {
  std::string text = value.IsScalar() ? value.text() : DumpJson(templates::ToOrderedJson(value));
  if (text.size() > 40) text = text.substr(0, 37) + "...";
  return text.empty() ? "''" : text;
}

}  // namespace

std::vector<ExampleRow> ExampleRows(const Node& node, Problems& problems) {
  std::vector<ExampleRow> rows;
  if (const Node* examples = node.Find("examples")) {
    for (const Node& example : examples->items()) {
      if (!example.IsMap()) {
        problems.Add(example.position(), "an example is a map of variables");
        continue;
      }
      ExampleRow row;
      for (const templates::Entry& entry : example.entries())
        row.emplace_back(entry.key, entry.value);
      rows.push_back(std::move(row));
    }
  } else {
    rows.emplace_back();
  }
  const Node* matrix = node.Find("matrix");
  if (matrix == nullptr) return rows;
  for (const templates::Entry& axis : matrix->entries()) {
    if (!axis.value.IsList() || axis.value.items().empty()) {
      problems.Add(axis.value.position(),
                   fmt::format("`{}` of a matrix takes a list of values", axis.key));
      return rows;
    }
    std::vector<ExampleRow> longer;
    for (const ExampleRow& row : rows) {
      for (const Node& value : axis.value.items()) {
        longer.push_back(row);
        longer.back().emplace_back(axis.key, value);
      }
    }
    rows = std::move(longer);
    if (rows.size() > kMaxScenariosOfOne) {
      problems.Add(matrix->position(),
                   fmt::format("this matrix makes more than {} scenarios", kMaxScenariosOfOne));
      return {};
    }
  }
  return rows;
}

std::string NameOfExample(const std::string& pattern, const ExampleRow& row) {
  std::string name = pattern;
  for (const auto& [variable, value] : row)
    name = ReplaceAll(std::move(name), "${" + variable + "}", ShortValue(value));
  if (name != pattern || row.empty()) return name;
  std::vector<std::string> parts;
  for (const auto& [variable, value] : row)
    parts.push_back(variable + "=" + ShortValue(value));
  return fmt::format("{} [{}]", name, Join(parts, ", "));
}

}  // namespace offstage::scenario
