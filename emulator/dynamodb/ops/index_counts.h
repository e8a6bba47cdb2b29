// How many items an index has and what they weigh, for DescribeTable.
#pragma once

#include "dynamodb/ops/engine.h"
#include "dynamodb/store/session.h"
#include "dynamodb/store/table.h"

namespace offstage::dynamodb {

// Items are counted exactly. Their bytes are summed up to a thousand items; beyond, they are taken
// to weigh on average what those do (the service's own figures are hours old). Fails with the
// database's reason.
Result<CountDelta> CountIndex(Engine& engine, const Table& table, const Index& index);

}  // namespace offstage::dynamodb
