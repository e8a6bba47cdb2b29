// Condition: a ConditionExpression or FilterExpression, compiled for one request.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "aws/api_error.h"
#include "dynamodb/expressions/expression_cache.h"
#include "dynamodb/expressions/placeholders.h"
#include "dynamodb/value/attribute_value.h"

namespace offstage::dynamodb {

struct ConditionProgram;

// Thread-compatible; Matches may be called from several threads at once.
class Condition {
 public:
  // Fails with the service's ValidationException, "Invalid ConditionExpression: ..." (or
  // FilterExpression). `placeholders` must outlive the result. `cache` may be null.
  enum class Kind { kCondition, kFilter };
  static aws::Outcome<Condition> Compile(std::string_view text, Kind kind,
                                         Placeholders& placeholders, ExpressionCache* cache);
  explicit Condition(std::shared_ptr<const ConditionProgram> program);
  Condition(const Condition&);
  Condition(Condition&&) noexcept;
  Condition& operator=(const Condition&);
  Condition& operator=(Condition&&) noexcept;
  ~Condition();

  // An item that does not exist is an empty one.
  bool Matches(const Item& item) const;

  // Attributes that it reads, each once, in order of appearance: filters may not name key
  // attributes
  // ("Filter Expression can only contain non-primary key attributes: Primary key attribute: pk").
  std::vector<std::string> AttributeNames() const;
  // Those of them that it looks into (`a.b`, `a[0]`), which key attributes do not allow ("Key
  // attributes must be scalars; list random access '[]' and map lookup '.' are not allowed: Key:
  // pk").
  std::vector<std::string> NestedAttributeNames() const;

 private:
  std::shared_ptr<const ConditionProgram> program_;
};

}  // namespace offstage::dynamodb
