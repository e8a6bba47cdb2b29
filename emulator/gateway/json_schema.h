// JSON Schema draft 4, as API Gateway's models use it to validate request bodies.
// docs.aws.amazon.com/apigateway/latest/developerguide/models-mappings-models.html
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "base/json.h"
#include "base/regex.h"
#include "base/result.h"

namespace offstage::gateway {

// Thread-safe once compiled.
class JsonSchema {
 public:
  // Fails for what is no schema, for expressions that cannot be compiled, and for a $ref that leads
  // out of the document or nowhere. Keywords that draft 4 does not know, and `format`, are ignored.
  // `models`: schemas as JSON text that
  // "https://apigateway.amazonaws.com/restapis/{id}/models/{name}" refers to.
  static Result<JsonSchema> Compile(std::string_view text,
                                    const std::map<std::string, std::string>& models = {});

  // Ok, or what is wrong and where ("/items/0/name: shorter than 3 characters").
  Status Check(const Json& value) const;

 private:
  struct Walk;

  // Finds expressions to compile and references to follow.
  Status Prepare(const Json& schema, int depth);

  std::shared_ptr<const Json> schema_;  // shared by copies; Walk points into it
  std::map<std::string, Regex> expressions_;
};

}  // namespace offstage::gateway
