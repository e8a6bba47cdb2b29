// Request models: the text in front of the first NUL is a JSON Schema, what follows is checked
// against it.
#include <cstddef>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string_view>

#include "base/json.h"
#include "gateway/json_schema.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view all(reinterpret_cast<const char*>(data), size);
  const std::size_t end = std::min(all.find('\0'), all.size());
  const auto schema = offstage::gateway::JsonSchema::Compile(all.substr(0, end));
  const auto value = offstage::ParseJson(all.substr(std::min(end + 1, all.size())));
  if (schema.ok() && value.ok()) static_cast<void>(schema->Check(*value));
  return 0;
}
