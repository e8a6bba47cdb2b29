// Template: a mapping template of API Gateway, and Environment: what it may look at.
// docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-mapping-template-reference.html
//
// What the service does and Velocity alone does not: a reference to nothing writes nothing
// (recorded: test_input_path_template_formatting), a null is equal to "" (same), an empty body is
// {} (recorded: test_input_body_formatting), #foreach ends after 1,000 rounds (limits.html).
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "gateway/vtl/value.h"

namespace offstage::gateway::vtl {

struct Syntax;

// Thread-safe once made; copies share the parsed template.
class Template {
 public:
  // Fails with the line and what is wrong there.
  static Result<Template> Parse(std::string_view text);

  // Its text when it has neither references nor directives; else null.
  const std::string* constant() const { return constant_.has_value() ? &*constant_ : nullptr; }
  const Syntax& syntax() const { return *syntax_; }

 private:
  std::shared_ptr<const Syntax> syntax_;  // shared: copies are frequent, it is never changed
  std::optional<std::string> constant_;
};

// The variables of one rendering. Used only on its request's thread.
class Environment {
 public:
  // `body` and `params` are what $input sees; params has the maps path, querystring and header.
  Environment(std::string body, Value params);
  ~Environment();
  Environment(const Environment&) = delete;
  Environment& operator=(const Environment&) = delete;

  // "context", "stageVariables".
  void Set(std::string_view name, Value value) { variables_[std::string(name)] = std::move(value); }
  // Null when it is not set.
  const Value* Find(std::string_view name) const;
  void Unset(std::string_view name);

  const std::string& body() const { return body_; }
  // The body as JSON; a text when it is none.
  const Value& BodyJson();
  const Value& params() const { return params_; }

  // Things that work differently from what the author may think; for the explanation.
  void Warn(std::string text);
  const std::vector<std::string>& warnings() const { return warnings_; }

  // Lists and maps that the template changes: circles among them are cut at the end.
  void Remember(const Value& container);

 private:
  const std::string body_;
  const Value params_;
  std::optional<Value> json_;
  std::map<std::string, Value, std::less<>> variables_;
  std::vector<std::string> warnings_;
  std::vector<Value> remembered_;
};

// Fails with what the service would only log ("Unable to transform request"): its answer is 500.
Result<std::string> Render(const Template& what, Environment& environment);

}  // namespace offstage::gateway::vtl
