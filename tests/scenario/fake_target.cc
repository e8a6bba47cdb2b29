#include "scenario/fake_target.h"

namespace offstage::scenario {

Status FakeTarget::Prepare(const StartingPoint& start) {
  starts.push_back(start);
  return Ok();
}

Result<http::Reply> FakeTarget::Send(const http::Request& request) {
  requests.push_back(request);
  const auto route = routes.find(request.method + " " + std::string(request.RawPath()));
  if (route == routes.end()) return http::Reply{.status = 404, .body = "no such route"};
  return route->second(request);
}

Result<InvokeResult> FakeTarget::Invoke(const std::string& function, const std::string& payload) {
  InvokeResult result;
  result.payload = payload;
  if (function == "Broken") {
    result.status = InvokeStatus::kFunctionError;
    result.payload = R"({"errorType": "ValueError", "errorMessage": "no good"})";
  }
  return result;
}

Status FakeTarget::Put(const std::string& table, const Json& item) {
  tables[table].push_back(item);
  return Ok();
}

Result<std::optional<Json>> FakeTarget::Get(const std::string& table, const Json& key) {
  for (const Json& item : tables[table]) {
    bool same = true;
    for (const auto& [name, value] : key.items())
      same = same && item.value(name, Json()) == value;
    if (same) return std::optional<Json>(item);
  }
  return std::optional<Json>();
}

}  // namespace offstage::scenario
