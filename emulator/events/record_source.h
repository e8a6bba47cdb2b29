// RecordSource: the streams of tables, as mappings read them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"

namespace offstage::events {

struct StreamRecord {
  // Grows along the stream; begins at 1.
  std::int64_t position = 0;
  std::string sequence_number = {};
  // Milliseconds since the epoch.
  std::int64_t created_ms = 0;
  // As GetRecords gives it, with `eventSourceARN`: what a function gets. JSON text.
  std::string json = {};
};

struct StreamPage {
  std::vector<StreamRecord> records = {};
  // Of the table's present stream; empty when it has none.
  std::string arn = {};
  std::string shard = {};
};

// Thread-safe.
class RecordSource {
 public:
  virtual ~RecordSource() = default;
  // Behind position `after`, in order, at most `limit`. `table`: a physical name.
  virtual Result<StreamPage> Read(const std::string& table, std::int64_t after, int limit) = 0;
  // The newest position of any stream; 0: none.
  virtual Result<std::int64_t> Last() = 0;
};

}  // namespace offstage::events
