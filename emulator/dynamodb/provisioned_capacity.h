// ProvisionedCapacity: refuses calls beyond what tables are provisioned for, as the service does;
// only when asked to, since a local table is otherwise as fast as the machine.
// docs.aws.amazon.com/amazondynamodb/latest/developerguide/burst-adaptive-capacity.html
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "aws/api_error.h"
#include "base/json.h"
#include "base/mutex.h"
#include "dynamodb/ops/engine.h"

namespace offstage::dynamodb {

// A token bucket for reads and one for writes of each provisioned table and global index: filled by
// the second on the deployment's clock up to 300 seconds' worth, full for one second at first. A
// call is let through while something is left, then pays what it has used; tables on demand are
// never refused. PartiQL statements pay and
// are not refused. Not emulated: splits of a table into partitions, adaptive capacity.
//
// Thread-safe.
class ProvisionedCapacity {
 public:
  explicit ProvisionedCapacity(Engine& engine) : engine_(engine) {}

  using Call = std::function<aws::Outcome<std::string>(std::string_view body)>;
  // Runs the operation by `call`. Fails with ProvisionedThroughputExceededException (transactions:
  // TransactionCanceledException); of a batch, only the refused tables' part comes back as
  // unprocessed.
  aws::Outcome<std::string> Run(std::string_view operation, std::string_view body,
                                const Call& call);

 private:
  enum class Kind { kRead, kWrite };
  struct Bucket {
    double units = 0;
    TimePoint filled;
  };

  std::optional<aws::ApiError> Refused(std::string_view table_name, std::string_view index,
                                       Kind kind);
  bool IsEmpty(const std::string& name, std::int64_t rate, Kind kind);
  std::optional<aws::ApiError> RefusedTransaction(const OrderedJson& request, Kind kind);
  std::optional<aws::ApiError> WithoutRefusedTables(OrderedJson& request, OrderedJson& refused,
                                                    Kind kind);
  void Pay(const OrderedJson& consumed, Kind kind);
  void PayFrom(const std::string& name, std::int64_t rate, double units, Kind kind);
  Bucket& Filled(const std::string& name, std::int64_t rate, Kind kind) OFFSTAGE_REQUIRES(mutex_);

  Engine& engine_;
  Mutex mutex_;
  // By "r" or "w" and the table's name, for an index with its own behind a slash.
  std::map<std::string, Bucket> buckets_ OFFSTAGE_GUARDED_BY(mutex_);
};

}  // namespace offstage::dynamodb
