// Update: an UpdateExpression or AttributeUpdates, compiled for one request.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "aws/api_error.h"
#include "dynamodb/expressions/expression_cache.h"
#include "dynamodb/expressions/path.h"
#include "dynamodb/expressions/placeholders.h"
#include "dynamodb/value/attribute_value.h"

namespace offstage::dynamodb {

struct UpdateProgram;

// Thread-compatible; Apply may be called from several threads at once.
class Update {
 public:
  // "Invalid UpdateExpression: ..." `placeholders` must outlive the result. `cache` may be null.
  static aws::Outcome<Update> Compile(std::string_view text, Placeholders& placeholders,
                                      ExpressionCache* cache);
  explicit Update(std::shared_ptr<const UpdateProgram> program);
  Update(const Update&);
  Update(Update&&) noexcept;
  Update& operator=(const Update&);
  Update& operator=(Update&&) noexcept;
  ~Update();

  // The item as it is afterwards. `item`: as it was; for one that did not exist its key attributes
  // alone. All reads see `item` as it was. Fails with ValidationException when a path does not lead
  // anywhere ("The document path provided in the update expression is invalid for update"), when an
  // operand is missing or of the wrong type, and when a number leaves its range. The result's size
  // and keys are not checked here.
  aws::Outcome<Item> Apply(const Item& item) const;

  // What the service counts the expression itself as, against the 400 KB that an item may have
  // (update_charge.cc). 0 for AttributeUpdates, which it does not count.
  std::size_t ChargedBytes(const Item& item) const;

  // Nothing but REMOVE and DELETE: where there is no item, such an update does nothing, not even
  // fail for a path that leads nowhere.
  bool OnlyRemoves() const;

  // Of `item` (before or after) what ReturnValues=UPDATED_OLD or UPDATED_NEW answers.
  Item Touched(const Item& item) const;

  // Attributes that it writes, each once, in order of appearance: key attributes may not be
  // ("One or more parameter values were invalid: Cannot update attribute pk. This attribute is part
  // of the key").
  std::vector<std::string> AttributeNames() const;
  // Attributes that it looks into (`a.b`, `a[0]`), to write or to read there: key attributes do not
  // allow it. One may be named several times.
  std::vector<std::string> NestedAttributeNames() const;
  // The type that the attribute has afterwards where that is known without an item: what a SET, ADD
  // or DELETE of the whole attribute is given. Null for what is read elsewhere and when the update
  // leaves the attribute alone.
  std::optional<AttributeType> StaticTypeOf(std::string_view attribute) const;
  // Every path that it writes, in order of appearance.
  const std::vector<Path>& paths() const;

 private:
  std::shared_ptr<const UpdateProgram> program_;
};

}  // namespace offstage::dynamodb
