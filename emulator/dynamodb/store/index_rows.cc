#include "dynamodb/store/index_rows.h"

#include <fmt/format.h>

namespace offstage::dynamodb {

Result<std::int64_t> CountIndexRows(sqlite::Database& database, std::int64_t index_id) {
  OFFSTAGE_TRY(auto count,
               database.Prepare(fmt::format("SELECT count(*) FROM dynamodb_index_{}", index_id)));
  OFFSTAGE_TRY([[maybe_unused]] const bool found, count.Step());
  return count.Int(0);
}

}  // namespace offstage::dynamodb
