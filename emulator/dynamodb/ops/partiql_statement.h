// What the three PartiQL operations share: a statement with its parameters, read and not looked up.
#pragma once

#include <string>
#include <string_view>

#include "aws/api_error.h"
#include "dynamodb/ops/document.h"
#include "dynamodb/ops/shape.h"
#include "dynamodb/partiql/syntax.h"
#include "dynamodb/partiql/values.h"
#include "dynamodb/store/key.h"
#include "dynamodb/store/table.h"

namespace offstage::dynamodb {

struct PartiqlStatement {
  partiql::Statement statement;
  partiql::Parameters parameters;
};

// From the members Statement and Parameters. Fails with ValidationException: bad syntax first, then
// bad values, then too few parameters. `prefix` goes in front of the texts but that of bad values.
aws::Outcome<PartiqlStatement> ReadPartiql(Node node, std::string_view prefix = {});

// "ValidationError", "DuplicateItem", ...: an error's code within the answer for one of several
// statements.
std::string ShortCode(const aws::ApiError& error);

namespace shape {

Shape StatementText();
Shape StatementParameters();

}  // namespace shape

}  // namespace offstage::dynamodb
