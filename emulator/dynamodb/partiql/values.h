// Literals and parameters of a statement as attribute values, and its paths as document paths.
#pragma once

#include <string_view>
#include <vector>

#include "aws/api_error.h"
#include "dynamodb/expressions/path.h"
#include "dynamodb/partiql/syntax.h"
#include "dynamodb/value/attribute_value.h"

namespace offstage::dynamodb::partiql {

using Parameters = std::vector<AttributeValue>;

// A literal, a parameter, or lists, structs and bags of them. Fails with ValidationException for
// numbers out of range ("... under root.x"), bags that are no sets, and anything that has to be
// looked up ("Unsupported data type: set_add under key root at 1:7:7").
aws::Outcome<AttributeValue> ToValue(const Expression& expression, const Parameters& parameters);

bool IsValue(const Expression& expression);

// `expression` is a kPath.
Path ToPath(const Expression& expression);

}  // namespace offstage::dynamodb::partiql
