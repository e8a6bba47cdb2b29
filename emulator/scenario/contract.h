// Contract: an OpenAPI document that responses are checked against.
// OpenAPI 3 (spec.openapis.org/oas/v3.0.3) and Swagger 2. Not looked at: examples, links,
// callbacks, references to other files (refused by name), and requests: only responses are checked.
#pragma once

#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "http/message.h"
#include "scenario/matcher.h"

namespace offstage::scenario {

// Thread-compatible.
class Contract {
 public:
  // `name`: what messages call it. Fails for what is no OpenAPI document.
  static Result<std::shared_ptr<const Contract>> Make(Json document, std::string name);

  // What the document does not allow of this response: a route, status, content type, header or
  // body that it does not describe.
  std::vector<Mismatch> Check(const http::Request& request, const http::Reply& reply,
                              const SchemaCheck& check_schema) const;

 private:
  struct Operation {
    // "/users/{id}"
    std::string path = {};
    const Json* responses = nullptr;
  };

  Contract(Json document, std::string name)
      : document_(std::move(document)), name_(std::move(name)) {}
  Operation FindOperation(const std::string& method, std::string_view path) const;
  const Json& Resolve(const Json& node) const;
  std::string CheckBody(const Json& response, const http::Reply& reply,
                        const SchemaCheck& check_schema) const;
  std::string CheckAgainst(const Json& schema, const http::Reply& reply,
                           const SchemaCheck& check_schema) const;

  Json document_;
  std::string name_;
};

}  // namespace offstage::scenario
