// ChangeSink: told of every item change inside the transaction that makes it,
// so that a stream record is there if and only if the change is.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "sqlite/database.h"

namespace offstage {

struct ItemChange {
  // Physical table name.
  std::string_view table;
  // DynamoDB JSON objects; empty: the item was not there before / is gone
  // after.
  std::string_view keys;
  std::string_view old_image;
  std::string_view new_image;
  enum class Origin { kUser, kTimeToLive } origin = Origin::kUser;
};

// Called with the writer's connection and lock held; must not call back into
// the tables.
class ChangeSink {
 public:
  virtual ~ChangeSink() = default;
  virtual Status Append(sqlite::Database& database, const ItemChange& change) = 0;
};

}  // namespace offstage
