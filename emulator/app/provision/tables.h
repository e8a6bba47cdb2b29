// From a template's tables to the DynamoDB component's definitions.
#pragma once

#include "base/result.h"
#include "dynamodb/table.h"
#include "template/stack.h"

namespace offstage::app {

// Fails, with the table's position, where its key names an attribute that is not defined.
Result<dynamodb::TableDefinition> ToTableDefinition(const templates::Table& table);

}  // namespace offstage::app
