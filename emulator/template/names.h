// Physical names as CloudFormation makes them, the same again at every start.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>

#include "base/id.h"
#include "base/result.h"

namespace offstage::templates {

// Remembers each random part that was issued. The app keeps the text of ToJson in the data folder.
// Thread-compatible.
class IdRegistry {
 public:
  // `ids` must outlive the registry.
  explicit IdRegistry(IdSource& ids) : ids_(&ids) {}

  // Takes over what an earlier ToJson wrote; replaces what was there.
  Status Restore(std::string_view json);
  std::string ToJson() const;

  // `length` characters of `alphabet`: the same for the same `key` ("hdoc-dev/APIs/getUsers").
  const std::string& Issue(const std::string& key, std::size_t length, std::string_view alphabet);

  // Something was issued since construction or Restore: ToJson should be stored again.
  bool changed() const { return changed_; }

 private:
  IdSource* ids_;
  std::map<std::string, std::string, std::less<>> issued_;
  bool changed_ = false;
};

}  // namespace offstage::templates
