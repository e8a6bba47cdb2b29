// RecordStore: stream records in the deployment's database, beside the items they tell of.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/mutex.h"
#include "base/result.h"
#include "interfaces/change_sink.h"
#include "sqlite/database.h"
#include "streams/stream_name.h"

namespace offstage::streams {

// AWS "Data retention limit for DynamoDB Streams".
inline constexpr std::chrono::milliseconds kRetention = std::chrono::hours(24);

struct Record {
  std::int64_t position = 0;
  std::int64_t created_ms = 0;
  // "INSERT", "MODIFY" or "REMOVE".
  std::string event;
  // DynamoDB JSON; images that the view type leaves out are empty.
  std::string keys;
  std::string old_image;
  std::string new_image;
  // Of keys and images, by DynamoDB's rules.
  std::int64_t size = 0;
  std::string view_type;
  bool expired = false;
};

// Thread-safe.
class RecordStore {
 public:
  // Writes one record within the caller's transaction, and drops some that are too old.
  Status Append(sqlite::Database& database, const ItemChange& change, std::int64_t now_ms);

  // A connection of its own for reading.
  Status Open(const std::string& file);

  // Streams with records that are not too old, whether they are still switched on or not.
  Result<std::vector<StreamDescription>> StreamsWithRecords(std::int64_t now_ms);
  // Behind `after`, not too old, in order; at most `limit`.
  struct Range {
    std::int64_t after = 0;
    std::int64_t limit = 1000;
  };
  Result<std::vector<Record>> Read(const StreamName& stream, const Range& range,
                                   std::int64_t now_ms);
  // The last position that was given out in the database; 0: none.
  Result<std::int64_t> LastPosition();
  // The last record of the stream; 0: none.
  Result<std::int64_t> LastPosition(const StreamName& stream);
  bool Has(const StreamName& stream, std::int64_t position, std::int64_t now_ms);

 private:
  Result<std::int64_t> ReadNumber(sqlite::Statement& statement) OFFSTAGE_REQUIRES(mutex_);

  // The tables are there; until Open has seen to that, Append does.
  std::atomic<bool> ready_{false};
  Mutex mutex_;
  std::unique_ptr<sqlite::Database> database_ OFFSTAGE_GUARDED_BY(mutex_);
};

}  // namespace offstage::streams
