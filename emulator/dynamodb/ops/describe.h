// TableDescription: how table operations show a table.
#pragma once

#include <string>
#include <string_view>

#include "base/json.h"
#include "dynamodb/ops/engine.h"

namespace offstage::dynamodb {

// `status`: "CREATING", "ACTIVE", ...
Json DescribeTableJson(Engine& engine, const Table& table, std::string_view status);
// An index of it; `status` as above.
Json ThroughputJson(const Table& table, const std::optional<Throughput>& throughput);

// Makes what is new about a table: ids, ARN, times, stream label.
Table MakeTable(Engine& engine, TableDefinition definition);
// Seconds since the epoch with milliseconds, as descriptions give times.
double Seconds(std::int64_t millis);
// "2026-11-25T12:00:00.123", which names a stream.
std::string StreamLabel(TimePoint time);

}  // namespace offstage::dynamodb
