// SET and REMOVE clauses as an Update.
#pragma once

#include <vector>

#include "aws/api_error.h"
#include "dynamodb/expressions/update.h"
#include "dynamodb/partiql/syntax.h"
#include "dynamodb/partiql/values.h"

namespace offstage::dynamodb::partiql {

// The result owns all that it needs. Fails with ValidationException, e.g. "The first argument to
// SET_ADD must equal the assignment value at 1:20:7".
aws::Outcome<Update> CompileClauses(const std::vector<UpdateClause>& clauses,
                                    const Parameters& parameters);

}  // namespace offstage::dynamodb::partiql
