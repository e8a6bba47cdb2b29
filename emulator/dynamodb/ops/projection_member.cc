#include "dynamodb/ops/projection_member.h"

#include <fmt/format.h>

#include <algorithm>

#include "dynamodb/errors.h"
#include "dynamodb/value/attribute_json.h"

namespace offstage::dynamodb {

aws::Outcome<std::optional<Projection>> ProjectionOf(Engine& engine, Node request,
                                                     Placeholders& placeholders) {
  std::optional<Projection> out;
  if (const Node text = request["ProjectionExpression"]) {
    OFFSTAGE_TRY(Projection projection,
                 Projection::Compile(text.text(), placeholders, &engine.expressions()));
    out = std::move(projection);
    return out;
  }
  const Node attributes = request["AttributesToGet"];
  if (!attributes) return out;
  std::vector<std::string> names;
  for (const Node name : attributes.elements()) {
    std::string text(name.text());
    if (const std::string_view fault = AttributeNameFault(text); !fault.empty())
      return Fail(ValidationError(std::string(fault)));
    if (std::find(names.begin(), names.end(), text) != names.end()) {
      return Fail(InvalidParameter(fmt::format("Duplicate value in attribute name: {}", text)));
    }
    names.push_back(std::move(text));
  }
  out = Projection::OfAttributes(std::move(names));
  return out;
}

}  // namespace offstage::dynamodb
