// Mapping templates: the text in front of the first NUL is a template, what follows is the body
// that it is rendered with.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "gateway/vtl/json_path.h"
#include "gateway/vtl/template.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace offstage::gateway;
  const std::string_view all(reinterpret_cast<const char*>(data), size);
  const std::size_t end = std::min(all.find('\0'), all.size());
  const std::string body(all.substr(std::min(end + 1, all.size())));
  const auto parsed = vtl::Template::Parse(all.substr(0, end));
  if (!parsed.ok()) return 0;
  vtl::Value params = vtl::Value::NewMap();
  for (const char* place : {"path", "querystring", "header"})
    params.AsMap()->Put(place, vtl::Value::NewMap());
  vtl::Environment environment(body, params);
  environment.Set("context", vtl::Value::NewMap());
  static_cast<void>(vtl::Render(*parsed, environment));
  return 0;
}
