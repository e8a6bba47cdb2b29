#include "events/checkpoints.h"

#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <system_error>

#include "base/json.h"

namespace offstage::events {

Checkpoints::Checkpoints(std::filesystem::path file, Log& log) : file_(std::move(file)), log_(log) {
  if (file_.empty()) return;
  std::ifstream in(file_, std::ios::binary);
  const auto json = ParseJson(std::string{std::istreambuf_iterator<char>(in), {}});
  if (!json.ok() || !json->is_object()) return;
  for (const auto& [name, value] : json->items()) {
    if (value.is_number_integer()) values_[name] = value.get<std::int64_t>();
  }
}

std::optional<std::int64_t> Checkpoints::Find(const std::string& name) const {
  const MutexLock lock(mutex_);
  const auto found = values_.find(name);
  return found == values_.end() ? std::nullopt : std::optional(found->second);
}

void Checkpoints::Set(const std::string& name, std::int64_t value) {
  const MutexLock lock(mutex_);
  values_[name] = value;
  if (file_.empty()) return;
  const std::filesystem::path fresh = file_.string() + ".new";
  {
    std::ofstream out(fresh, std::ios::binary | std::ios::trunc);
    out << DumpJson(Json(values_)) << "\n";
    if (!out.flush()) {
      log_.Warn("cannot note how far event sources are", {{"file", fresh.string()}});
      return;
    }
  }
  std::error_code failure;
  std::filesystem::rename(fresh, file_, failure);
  if (failure) log_.Warn("cannot note how far event sources are", {{"why", failure.message()}});
}

}  // namespace offstage::events
