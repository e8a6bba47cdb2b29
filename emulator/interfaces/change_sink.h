// ChangeSink: told of every item change inside the transaction that makes it,
// so that a stream record is there if and only if the change is.
// StreamDirectory: the tables that have such a stream now.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "sqlite/database.h"

namespace offstage {

// A table's stream. Views of what the table's definition says.
struct StreamSource {
  // Physical table name.
  std::string_view table;
  // "2026-11-25T12:00:00.123": with the table's name it names the stream.
  std::string_view label;
  // "KEYS_ONLY", "NEW_IMAGE", "OLD_IMAGE" or "NEW_AND_OLD_IMAGES".
  std::string_view view_type;
  // Key attributes; `sort_key` is empty for tables without one.
  std::string_view partition_key;
  std::string_view sort_key;
};

struct ItemChange {
  StreamSource stream;
  // DynamoDB JSON objects; empty: the item was not there before / is gone
  // after.
  std::string_view keys;
  std::string_view old_image;
  std::string_view new_image;
  // By DynamoDB's rules, in bytes.
  std::int64_t keys_size = 0;
  std::int64_t old_size = 0;
  std::int64_t new_size = 0;
  enum class Origin { kUser, kTimeToLive } origin = Origin::kUser;
};

// Called with the writer's connection and lock held; must not call back into
// the tables.
class ChangeSink {
 public:
  virtual ~ChangeSink() = default;
  virtual Status Append(sqlite::Database& database, const ItemChange& change) = 0;
};

// A stream as its readers see it.
struct StreamDescription {
  std::string table;
  std::string label;
  std::string view_type;
  std::string partition_key;
  std::string sort_key;
};

// Thread-safe.
class StreamDirectory {
 public:
  virtual ~StreamDirectory() = default;
  // Streams that are switched on, in order of their tables' names.
  virtual std::vector<StreamDescription> Streams() const = 0;
  // The database file that changes are appended to.
  virtual std::string StreamDatabase() const = 0;
};

}  // namespace offstage
