// ParameterStore: the parameters of a deployment, by name. They are read, never written, by
// clients: their values come from the template, from files and from what scenarios are given.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/mutex.h"

namespace offstage::ssm {

struct Parameter {
  // "/app/limit", or a name without any "/".
  std::string name = {};
  std::string value = {};
  // String, StringList or SecureString.
  std::string type = "String";
  // "text", "aws:ec2:image" ...
  std::string data_type = "text";
  // Milliseconds since 1970.
  std::int64_t modified = 0;
};

// Thread-safe.
class ParameterStore {
 public:
  // Takes the place of all that there are.
  void Replace(std::vector<Parameter> parameters) OFFSTAGE_EXCLUDES(mutex_);

  std::optional<Parameter> Find(std::string_view name) const OFFSTAGE_EXCLUDES(mutex_);
  // In order of their names, as the service pages through them.
  std::vector<Parameter> All() const OFFSTAGE_EXCLUDES(mutex_);

 private:
  mutable Mutex mutex_;
  std::map<std::string, Parameter, std::less<>> parameters_ OFFSTAGE_GUARDED_BY(mutex_);
};

}  // namespace offstage::ssm
