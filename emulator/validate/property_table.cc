#include "validate/property_table.h"

#include "base/text.h"

namespace offstage::validate {
namespace {

using Table = std::map<std::string_view, TypeProperties>;

Holds HoldsOf(std::string_view before_arrow) {
  if (before_arrow.empty()) {
    return Holds::kObject;
  }
  return before_arrow.back() == '*' ? Holds::kList : Holds::kMap;
}

// "Name!*>Shape"
void AddMember(Shape& shape, std::string_view text) {
  const std::size_t end = std::min(text.find_first_of("!*#>"), text.size());
  const std::string_view name = text.substr(0, end);
  std::string_view rest = text.substr(end);
  Member member;
  if (!rest.empty() && rest.front() == '!') {
    member.required = true;
    rest.remove_prefix(1);
  }
  if (const std::size_t arrow = rest.find('>'); arrow != std::string_view::npos) {
    member.holds = HoldsOf(rest.substr(0, arrow));
    member.shape = rest.substr(arrow + 1);
  }
  shape[name] = member;
}

void AddWords(Shape& shape, std::string_view words) {
  for (const std::string_view word : Split(Trim(words), ' ')) {
    if (!word.empty()) {
      AddMember(shape, word);
    }
  }
}

Table ReadTable() {
  Table table;
  TypeProperties* type = nullptr;
  Shape* shape = nullptr;
  for (const std::string_view line : Split(PropertyTableText(), '\n')) {
    if (line.empty()) {
      continue;
    }
    if (line.front() != ' ') {
      const std::size_t equals = line.find(" = ");
      type = &table[line.substr(0, equals)];
      if (equals != std::string_view::npos) {
        type->attributes = Split(line.substr(equals + 3), ' ');
      }
    } else if (line.substr(0, 4) == "    ") {
      AddWords(*shape, line);
    } else {
      const std::size_t colon = line.find(':');
      shape = &type->shapes[Trim(line.substr(0, colon))];
      AddWords(*shape, line.substr(colon + 1));
    }
  }
  return table;
}

const Table& AllTypes() {
  static const Table kTable = ReadTable();
  return kTable;
}

}  // namespace

const Shape* TypeProperties::Find(std::string_view shape) const {
  const auto found = shapes.find(shape);
  return found == shapes.end() ? nullptr : &found->second;
}

const TypeProperties* FindTypeProperties(std::string_view type) {
  const auto found = AllTypes().find(type);
  return found == AllTypes().end() ? nullptr : &found->second;
}

std::vector<std::string> KnownTypes() {
  std::vector<std::string> names;
  for (const auto& [name, properties] : AllTypes()) {
    names.emplace_back(name);
  }
  return names;
}

}  // namespace offstage::validate
