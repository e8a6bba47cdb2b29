// ProjectionExpression and AttributesToGet of reading operations.
#pragma once

#include <optional>

#include "dynamodb/expressions/projection.h"
#include "dynamodb/ops/members.h"

namespace offstage::dynamodb {

// Null: neither was given, the whole item is wanted.
aws::Outcome<std::optional<Projection>> ProjectionOf(Engine& engine, Node request,
                                                     Placeholders& placeholders);

}  // namespace offstage::dynamodb
