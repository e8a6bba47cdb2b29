// Counting the rows of an index, which no table of counters does.
#pragma once

#include <cstdint>

#include "base/result.h"
#include "sqlite/database.h"

namespace offstage::dynamodb {

// Reads every page of the index: some ten milliseconds for a million items.
Result<std::int64_t> CountIndexRows(sqlite::Database& database, std::int64_t index_id);

}  // namespace offstage::dynamodb
