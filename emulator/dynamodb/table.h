// Definitions of tables: what CreateTable and templates say about one, as plain structs.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace offstage::dynamodb {

enum class KeyType { kString, kNumber, kBinary };

struct KeyAttribute {
  std::string name;
  KeyType type = KeyType::kString;
  friend bool operator==(const KeyAttribute&, const KeyAttribute&) = default;
};

// Tables and local indexes have one partition and at most one sort attribute; global indexes up to
// four of each, in order.
struct KeySchema {
  std::vector<KeyAttribute> partition;
  std::vector<KeyAttribute> sort;
  friend bool operator==(const KeySchema&, const KeySchema&) = default;
};

enum class ProjectionType { kAll, kKeysOnly, kInclude };

struct Throughput {
  std::int64_t read_units = 0;
  std::int64_t write_units = 0;
  friend bool operator==(const Throughput&, const Throughput&) = default;
};

struct IndexDefinition {
  std::string name;
  KeySchema key;
  ProjectionType projection = ProjectionType::kAll;
  std::vector<std::string> non_key_attributes;
  // Global indexes of provisioned tables; null: the service's answer for on demand, zeros.
  std::optional<Throughput> throughput;
  // Echoed only, as the table's.
  std::optional<Throughput> on_demand_limits;
  std::optional<Throughput> warm_throughput;
};

enum class BillingMode { kProvisioned, kPayPerRequest };
// What stream records carry; kOff: no stream.
enum class StreamView { kOff, kKeysOnly, kNewImage, kOldImage, kNewAndOldImages };

struct TableDefinition {
  std::string name;
  KeySchema key;
  std::vector<IndexDefinition> global_indexes;
  std::vector<IndexDefinition> local_indexes;
  BillingMode billing = BillingMode::kPayPerRequest;
  Throughput throughput;
  // OnDemandThroughput, 0: no limit, and WarmThroughput; echoed only. Null: not said.
  std::optional<Throughput> on_demand_limits;
  std::optional<Throughput> warm_throughput;
  StreamView stream = StreamView::kOff;
  // Attribute that holds the expiry in seconds since the epoch; empty: none.
  std::string time_to_live_attribute;
  bool deletion_protection = false;
  bool point_in_time_recovery = false;
  // How far back it reaches: 1 to 35.
  int recovery_period_days = 35;
  // SSESpecification.Enabled (KMS); echoed only.
  bool sse_enabled = false;
  std::string kms_key;
  // "STANDARD_INFREQUENT_ACCESS", or empty for the standard class without saying so; echoed only.
  std::string table_class;
  std::map<std::string, std::string> tags;
};

}  // namespace offstage::dynamodb
