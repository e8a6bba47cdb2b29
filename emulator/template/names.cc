#include "template/names.h"

#include "base/json.h"

namespace offstage::templates {

Status IdRegistry::Restore(std::string_view json) {
  OFFSTAGE_TRY(const Json parsed, ParseJson(json));
  if (!parsed.is_object()) {
    return Fail(Error{"names: expected a JSON object of issued name suffixes"});
  }
  issued_.clear();
  for (const auto& [key, value] : parsed.items()) {
    if (!value.is_string()) {
      return Fail(Error{fmt::format("names: the suffix of '{}' is no text", key)});
    }
    issued_[key] = value.get<std::string>();
  }
  changed_ = false;
  return Ok();
}

std::string IdRegistry::ToJson() const {
  return Json(issued_).dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

const std::string& IdRegistry::Issue(const std::string& key, std::size_t length,
                                     std::string_view alphabet) {
  const auto [entry, is_new] = issued_.try_emplace(key);
  if (is_new) {
    entry->second = ids_->Text(length, alphabet);
    changed_ = true;
  }
  return entry->second;
}

}  // namespace offstage::templates
