#include "template/stack.h"

namespace offstage::templates {
namespace {

// By each name in turn; a name that several share finds none of them.
template <typename T, typename... Names>
const T* FindUnique(const std::vector<T>& all, std::string_view name, Names... names) {
  for (const auto& member : {names...}) {
    const T* found = nullptr;
    int count = 0;
    for (const T& one : all) {
      if (one.*member == name) {
        found = &one;
        ++count;
      }
    }
    if (count == 1) {
      return found;
    }
  }
  return nullptr;
}

}  // namespace

std::string_view FateName(Fate fate) {
  switch (fate) {
    case Fate::kHonoured:
      return "honoured";
    case Fate::kIgnored:
      return "ignored";
    case Fate::kRefused:
      return "refused";
    case Fate::kWarning:
      break;
  }
  return "warning";
}

std::string Note::Text() const {
  std::string text = position.file == nullptr ? "" : position.Text() + ": ";
  return text + (path.empty() ? "" : path + ": ") + message;
}

const Function* Stack::FindFunction(std::string_view function) const {
  return FindUnique(functions, function, &Function::name, &Function::arn, &Function::logical_id,
                    &Function::path);
}

const Table* Stack::FindTable(std::string_view table) const {
  return FindUnique(tables, table, &Table::name, &Table::arn, &Table::logical_id, &Table::path);
}

const Api* Stack::FindApi(std::string_view api) const {
  return FindUnique(apis, api, &Api::api_id, &Api::logical_id, &Api::path);
}

const Resource* Stack::FindResource(std::string_view path) const {
  return FindUnique(resources, path, &Resource::path);
}

const Output* Stack::FindOutput(std::string_view output) const {
  for (const Output& one : outputs) {
    if (one.stack_path.empty() && one.name == output) {
      return &one;
    }
  }
  return nullptr;
}

}  // namespace offstage::templates
