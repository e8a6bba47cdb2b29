// All operations, each in a file of its own: `Name` runs a request whose shape, `NameShape`, has
// been checked. Engine is thread-safe, so are these.
#pragma once

#include <string>

#include "aws/api_error.h"
#include "dynamodb/ops/document.h"
#include "dynamodb/ops/engine.h"
#include "dynamodb/ops/shape.h"

namespace offstage::dynamodb {

#define OFFSTAGE_DYNAMODB_OPERATION(name)                       \
  aws::Outcome<std::string> name(Engine& engine, Node request); \
  const Shape& name##Shape();

OFFSTAGE_DYNAMODB_OPERATION(BatchExecuteStatement)
OFFSTAGE_DYNAMODB_OPERATION(BatchGetItem)
OFFSTAGE_DYNAMODB_OPERATION(BatchWriteItem)
OFFSTAGE_DYNAMODB_OPERATION(CreateBackup)
OFFSTAGE_DYNAMODB_OPERATION(CreateTable)
OFFSTAGE_DYNAMODB_OPERATION(DeleteBackup)
OFFSTAGE_DYNAMODB_OPERATION(DeleteItem)
OFFSTAGE_DYNAMODB_OPERATION(DeleteResourcePolicy)
OFFSTAGE_DYNAMODB_OPERATION(DeleteTable)
OFFSTAGE_DYNAMODB_OPERATION(DescribeBackup)
OFFSTAGE_DYNAMODB_OPERATION(DescribeContinuousBackups)
OFFSTAGE_DYNAMODB_OPERATION(DescribeEndpoints)
OFFSTAGE_DYNAMODB_OPERATION(DescribeLimits)
OFFSTAGE_DYNAMODB_OPERATION(DescribeTable)
OFFSTAGE_DYNAMODB_OPERATION(DescribeTimeToLive)
OFFSTAGE_DYNAMODB_OPERATION(ExecuteStatement)
OFFSTAGE_DYNAMODB_OPERATION(ExecuteTransaction)
OFFSTAGE_DYNAMODB_OPERATION(GetItem)
OFFSTAGE_DYNAMODB_OPERATION(GetResourcePolicy)
OFFSTAGE_DYNAMODB_OPERATION(ListBackups)
OFFSTAGE_DYNAMODB_OPERATION(ListTables)
OFFSTAGE_DYNAMODB_OPERATION(ListTagsOfResource)
OFFSTAGE_DYNAMODB_OPERATION(PutItem)
OFFSTAGE_DYNAMODB_OPERATION(PutResourcePolicy)
OFFSTAGE_DYNAMODB_OPERATION(Query)
OFFSTAGE_DYNAMODB_OPERATION(RestoreTableFromBackup)
OFFSTAGE_DYNAMODB_OPERATION(RestoreTableToPointInTime)
OFFSTAGE_DYNAMODB_OPERATION(Scan)
OFFSTAGE_DYNAMODB_OPERATION(TagResource)
OFFSTAGE_DYNAMODB_OPERATION(TransactGetItems)
OFFSTAGE_DYNAMODB_OPERATION(TransactWriteItems)
OFFSTAGE_DYNAMODB_OPERATION(UntagResource)
OFFSTAGE_DYNAMODB_OPERATION(UpdateContinuousBackups)
OFFSTAGE_DYNAMODB_OPERATION(UpdateItem)
OFFSTAGE_DYNAMODB_OPERATION(UpdateTable)
OFFSTAGE_DYNAMODB_OPERATION(UpdateTimeToLive)

#undef OFFSTAGE_DYNAMODB_OPERATION

}  // namespace offstage::dynamodb
