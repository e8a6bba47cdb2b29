// A table's definition as a request, for engines that know tables only through the API.
#pragma once

#include "base/json.h"
#include "dynamodb/table.h"

namespace offstage::dynamodb {

// CreateTable's request. Time to live is not part of it: UpdateTimeToLive sets that.
Json CreateTableRequest(const TableDefinition& definition);
// The element of AttributeDefinitions, KeySchema or GlobalSecondaryIndexes.
Json AttributeDefinitionsJson(const KeySchema& key);
Json KeySchemaJson(const KeySchema& key);
Json IndexJson(const IndexDefinition& index);

}  // namespace offstage::dynamodb
