#include "ssm/parameter_store.h"

namespace offstage::ssm {

void ParameterStore::Replace(std::vector<Parameter> parameters) {
  std::map<std::string, Parameter, std::less<>> by_name;
  for (Parameter& parameter : parameters) {
    std::string name = parameter.name;
    by_name[std::move(name)] = std::move(parameter);
  }
  const MutexLock lock(mutex_);
  parameters_ = std::move(by_name);
}

std::optional<Parameter> ParameterStore::Find(std::string_view name) const {
  const MutexLock lock(mutex_);
  const auto found = parameters_.find(name);
  return found == parameters_.end() ? std::optional<Parameter>() : found->second;
}

std::vector<Parameter> ParameterStore::All() const {
  const MutexLock lock(mutex_);
  std::vector<Parameter> all;
  for (const auto& [name, parameter] : parameters_)
    all.push_back(parameter);
  return all;
}

}  // namespace offstage::ssm
