// Projection: which parts of an item a reader wants.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "aws/api_error.h"
#include "dynamodb/expressions/expression_cache.h"
#include "dynamodb/expressions/path.h"
#include "dynamodb/expressions/placeholders.h"
#include "dynamodb/value/attribute_value.h"

namespace offstage::dynamodb {

// Thread-compatible; Apply may be called from several threads at once.
class Projection {
 public:
  // "Invalid ProjectionExpression: ..." Copies what it needs of `placeholders`.
  static aws::Outcome<Projection> Compile(std::string_view text, Placeholders& placeholders,
                                          ExpressionCache* cache);
  // Whole attributes: AttributesToGet, and what an index has projected.
  static Projection OfAttributes(std::vector<std::string> names);
  static Projection OfPaths(std::vector<Path> paths);

  // The parts that exist. Of lists the chosen elements move together, in the list's order, as the
  // service answers.
  Item Apply(const Item& item) const;

  const std::vector<Path>& paths() const { return paths_; }
  // Each attribute once, in order of appearance.
  std::vector<std::string> AttributeNames() const;
  // Those of them that it looks into (`a.b`, `a[0]`), which key attributes do not allow.
  std::vector<std::string> NestedAttributeNames() const;

 private:
  std::vector<Path> paths_;
  // Every path is a whole attribute, as most are.
  bool whole_attributes_ = false;
};

}  // namespace offstage::dynamodb
